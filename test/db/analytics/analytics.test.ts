import fc from 'fast-check';
import { ExecutionCountsRepository } from '../../../src/modules/analytics/counts/execution-counts.repository.js';
import { countByBruteForce, inOrder } from '../../support/rows/count-by-brute-force.js';
import { endCounted, insertCounted } from '../../support/rows/counted-executions.js';
import { emptyExecutions, emptyTables } from '../../support/rows/execution-rows.js';
import { type LedgerContext, openLedgerContext } from '../../support/database/ledger-context.js';
import { insertOneOfEach, type LedgerRows } from '../../support/rows/ledger-rows.js';

const MOST = 1_000;

interface Made {
  readonly at_ms: number;
  readonly status: string;
  readonly prompt: number;
  readonly mode: string;
  readonly environment: string;
  readonly latency_ms: number | null;
  readonly prompt_tokens: number | null;
  readonly response_tokens: number | null;
}

const HOUR_MS = 3_600_000;
const BASE_MS = Date.parse('2026-02-27T00:00:00Z');
/** A time within five days, often exactly at the start of an hour or a day, or close to it. */
const moment = fc
  .oneof(
    fc.nat(120 * HOUR_MS),
    fc.tuple(fc.nat(120), fc.integer({ min: -1, max: 1 })).map(([hours, ms]) => hours * HOUR_MS + ms),
    fc.tuple(fc.nat(5), fc.integer({ min: -1, max: 1 })).map(([days, ms]) => days * 24 * HOUR_MS + ms),
  )
  .map((ms) => BASE_MS + ms);
const number = fc.option(fc.nat(2_000_000_000), { nil: null });
const made: fc.Arbitrary<Made> = fc.record({
  at_ms: moment,
  status: fc.constantFrom('queued', 'running', 'succeeded', 'succeeded', 'succeeded', 'failed', 'canceled'),
  prompt: fc.nat(2),
  mode: fc.constantFrom('full', 'tracking'),
  environment: fc.constantFrom('dev', 'prod'),
  latency_ms: number,
  prompt_tokens: number,
  response_tokens: number,
});
/** One statement, which inserts some executions as they are and ends others. */
const step = fc.record({
  rows: fc.array(made, { maxLength: 12 }),
  isInsert: fc.boolean(),
  folds: fc.constantFrom(0, 0, 3, MOST),
});
const question = fc.record({
  promptName: fc.constantFrom(null, 'greeting', 'twice', 'nobody'),
  span: fc.option(
    fc
      .tuple(fc.option(moment, { nil: -Infinity }), fc.option(moment, { nil: Infinity }))
      .map(([one, two]) => ({
        startMs: Math.min(one, two),
        endMs: Math.max(one, two),
      })),
    { nil: null },
  ),
});

describe('whatever ran when, and whatever is asked', () => {
  let context: LedgerContext;
  let ids: LedgerRows;
  let counts: ExecutionCountsRepository;
  /** The ids of the first prompt, and of two that had the same name one after the other. */
  let promptIds: string[];

  beforeAll(async () => {
    context = await openLedgerContext();
    ids = await insertOneOfEach(context.owner, context.projectId);
    counts = new ExecutionCountsRepository(context.scope);
    const { rows } = await context.owner.query<{ prompt_id: string }>(
      `INSERT INTO prompts (project_id, name, mode, kind, deleted_at)
       VALUES ($1, 'twice', 'full', 'text', now()), ($1, 'twice', 'tracking', 'text', NULL) RETURNING prompt_id`,
      [context.projectId],
    );
    promptIds = [ids.promptId, ...rows.map(({ prompt_id: promptId }) => promptId)];
  });

  afterAll(() => context.close());

  async function clear(): Promise<void> {
    await emptyExecutions(context.owner);
    await emptyTables(context.owner, 'execution_deltas', 'execution_rollups');
  }

  async function take({
    rows,
    isInsert,
    folds,
  }: {
    rows: readonly Made[];
    isInsert: boolean;
    folds: number;
  }) {
    const { rows: known } = await context.owner.query<{ id: string }>(
      `SELECT left(ledger_uuid7_floor(to_timestamp(at_ms / 1000))::text, 24) || right(gen_random_uuid()::text, 12) AS id
       FROM unnest($1::float8[]) WITH ORDINALITY AS asked (at_ms, nth) ORDER BY nth`,
      [rows.map(({ at_ms: atMs }) => atMs)],
    );
    const all = rows.map(({ at_ms: atMs, prompt, mode, ...row }, index) => ({
      ...row,
      execution_id: known[index]?.id as string,
      created_at_ms: atMs,
      prompt_id: promptIds[prompt] as string,
      version_id: ids.versionId,
      prompt_mode: mode,
      model_id: ids.modelId,
    }));
    if (isInsert) await insertCounted(context.scope, context.projectId, all);
    else {
      const unfinished = { status: 'queued', latency_ms: null, prompt_tokens: null, response_tokens: null };
      const begun = all.map((row) => ({ ...row, ...unfinished }));
      await insertCounted(context.scope, context.projectId, begun);
      await endCounted(context.scope, context.projectId, all);
    }
    if (folds > 0) await counts.fold(folds);
  }

  it('the counts are those of a look at every execution', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 6 }),
        fc.array(question, { minLength: 1, maxLength: 8 }),
        async (steps, questions) => {
          await clear();
          for (const each of steps) await take(each);
          for (const filter of questions) {
            const expected = await countByBruteForce(context.owner, context.projectId, filter);
            expect(inOrder(await counts.byMode(context.projectId, filter))).toEqual(expected);
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});
