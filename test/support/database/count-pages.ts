import type { EntityManager } from 'typeorm';
import type { LedgerContext } from './ledger-context.js';

interface Plan {
  readonly Plan: Readonly<Record<string, number>>;
}

/**
 * Counts the pages that Postgres accesses for a list, by running its statement under EXPLAIN.
 * @param list sends one statement by a query builder. It gets no rows.
 */
export async function countPages(
  { scope, projectId }: Pick<LedgerContext, 'scope' | 'projectId'>,
  list: (tx: EntityManager) => Promise<unknown>,
): Promise<number> {
  return scope.transaction(projectId, async (tx) => {
    let pages = 0;
    await list(explainQueries(tx, (found) => (pages += found)));
    return pages;
  });
}

/** Makes a manager whose query builders explain what they would run, and find nothing. */
function explainQueries(tx: EntityManager, onPages: (pages: number) => void): EntityManager {
  const create = tx.createQueryBuilder.bind(tx);
  return Object.assign(Object.create(tx) as EntityManager, {
    createQueryBuilder: (...args: Parameters<typeof create>) => {
      const builder = create(...args);
      const explain = async () => {
        const [text, values] = builder.getQueryAndParameters();
        const rows = await tx.query<{ 'QUERY PLAN': Plan[] }[]>(
          `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${text}`,
          values,
        );
        const plan = rows[0]?.['QUERY PLAN'][0]?.Plan ?? {};
        onPages((plan['Shared Hit Blocks'] ?? 0) + (plan['Shared Read Blocks'] ?? 0));
      };
      builder.getMany = async () => {
        await explain();
        return [];
      };
      builder.getRawAndEntities = async () => {
        await explain();
        return { entities: [], raw: [] };
      };
      return builder;
    },
  });
}
