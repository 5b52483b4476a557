import {
  type PromptFilter,
  type PromptPosition,
  PromptsRepository,
} from '../../../src/modules/prompts/prompts.repository.js';
import { countPages } from '../../support/database/count-pages.js';
import { type LedgerContext, openLedgerContext } from '../../support/database/ledger-context.js';

/** The pages that a list of fifty may access; a scan of the table takes over a thousand. */
const PAGES = 150;
const PROMPTS = 30_000;
const LIMIT = 50;
/** The most prompts that one request registers. */
const REGISTERED = 1000;

/** Changes one prompt a minute, the newest now, and a thousand of them together. One in a hundred is deleted. */
const INSERT = `INSERT INTO prompts (project_id, name, mode, kind, tags, description, updated_at, deleted_at)
  SELECT $1, 'folder-' || n % 100 || '/prompt-' || n, 'full', 'text', '{}', repeat('words ', 40),
    now() - make_interval(mins => CASE WHEN n BETWEEN 61 AND ${60 + REGISTERED} THEN 61 ELSE n END),
    CASE WHEN n % 100 = 0 THEN now() END
  FROM generate_series(1, ${PROMPTS}) AS n`;

let context: LedgerContext;

beforeAll(async () => {
  context = await openLedgerContext();
  for (const id of [context.projectId, context.otherProjectId]) await context.owner.query(INSERT, [id]);
});
afterAll(() => context.close());

function pagesOf(filter: Omit<PromptFilter, 'limit'>): Promise<number> {
  return countPages(context, (tx) =>
    new PromptsRepository().list(tx, context.projectId, { ...filter, limit: LIMIT }),
  );
}

/** Returns the position after the prompt that changed `minutes` ago. */
async function positionAt(minutes: number): Promise<PromptPosition> {
  const { rows } = await context.owner.query<PromptPosition>(
    `SELECT name, to_char(updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS "updatedAt" FROM prompts
     WHERE project_id = $1 AND deleted_at IS NULL AND name LIKE '%/prompt-' || $2`,
    [context.projectId, minutes],
  );
  return rows[0] as PromptPosition;
}

describe('a page of the list of prompts', () => {
  const lists: [string, () => Promise<Omit<PromptFilter, 'limit'>>][] = [
    ['by name', async () => ({ order: 'name' })],
    ['by name, from the middle', async () => ({ order: 'name', after: { name: 'folder-5' } })],
    ['by name, of a folder', async () => ({ order: 'name', namePrefix: 'folder-5/' })],
    ['by change', async () => ({ order: '-updated_at' })],
    ['by change, from the middle', async () => ({ order: '-updated_at', after: await positionAt(15_001) })],
    ['by change, from the end', async () => ({ order: '-updated_at', after: await positionAt(29_999) })],
  ];

  it.each(lists)('%s looks at few pages', async (_what, filterOf) => {
    expect(await pagesOf(await filterOf())).toBeLessThan(PAGES);
  });

  it.each(lists)('%s looks at few pages with statistics', async (_what, filterOf) => {
    await context.owner.query('ANALYZE prompts');
    expect(await pagesOf(await filterOf())).toBeLessThan(PAGES);
  });

  it('by change, among those that were registered together, passes over these alone', async () => {
    const filter = { order: '-updated_at', after: await positionAt(999) } as const;
    expect(await pagesOf(filter)).toBeLessThan(REGISTERED + PAGES);
  });
});
