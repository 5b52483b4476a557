import { randomUUID } from 'node:crypto';
import { ExecutionCostsRepository } from '../../../src/modules/analytics/costs/execution-costs.repository.js';
import { ExecutionCountsRepository } from '../../../src/modules/analytics/counts/execution-counts.repository.js';
import type { Claim } from '../../../src/modules/executions/facts/claim.js';
import type { ExecutionsRepository } from '../../../src/modules/executions/index.js';
import type { CallOutcome } from '../../../src/modules/executions/facts/call-outcome.js';
import { RecordingRepository } from '../../../src/modules/executions/recording/recording.repository.js';
import type { PriceRecord } from '../../../src/modules/models/index.js';
import { BudgetRows } from '../../support/rows/budget-rows.js';
import { answered, failed } from '../../support/rows/call-outcomes.js';
import { costsByBruteForce } from '../../support/rows/costs-by-brute-force.js';
import { countByBruteForce, inOrder } from '../../support/rows/count-by-brute-force.js';
import { lapseLeases, setLapses, emptyTables } from '../../support/rows/execution-rows.js';
import { type LedgerContext, openLedgerContext } from '../../support/database/ledger-context.js';
import { insertOneOfEach, type LedgerRows } from '../../support/rows/ledger-rows.js';
import { type BeginningOptions, beginningOf, findMisplaced } from '../../support/worlds/record-world.js';

const EVER = { promptName: null, span: null };
const ANY = { afterProject: '00000000-0000-0000-0000-000000000000', passedOver: [] };
const CALLBACK = 'https://hooks.example.com/done';
/** A call may cost 10: 2 for its prompt, and 8 tokens at 1. */
const BOUND = { inputPicoUsd: 2n, outputPicoUsd: 1n, responseTokens: 8 };
/** One pico-dollar a token. */
const PRICE = {
  priceId: '00000000-0000-7000-8000-000000000001',
  inputMicrosPerMtok: 1n,
  outputMicrosPerMtok: 1n,
  cachedInputMicrosPerMtok: null,
  maxPromptTokens: null,
} as unknown as PriceRecord;

let context: LedgerContext;
let ids: LedgerRows;
let budgets: BudgetRows;
let executions: ExecutionsRepository;
let counts: ExecutionCountsRepository;
let costs: ExecutionCostsRepository;

beforeAll(async () => {
  context = await openLedgerContext();
  ids = await insertOneOfEach(context.owner, context.projectId);
  budgets = new BudgetRows(context);
  counts = new ExecutionCountsRepository(context.scope);
  costs = new ExecutionCostsRepository(context.scope);
});
beforeEach(async () => {
  await budgets.empty();
  await emptyTables(context.owner, 'execution_deltas', 'execution_rollups', 'idempotency_keys');
  executions = context.openExecutions();
});
afterAll(() => context.close());

/** Returns an answer of 3 prompt and 2 response tokens, whose cost is known when there is a price. */
function answer(): CallOutcome {
  const outcome = answered('Hello');
  if (!outcome.succeeded) return outcome;
  const usage = { ...outcome.completion.usage, promptTokens: 3, responseTokens: 2 };
  return { ...outcome, completion: { ...outcome.completion, usage } };
}

const failure = (kind: 'provider_error' | 'client_closed') => {
  if (failed.succeeded) throw new Error('it succeeded');
  return { ...failed.failure, kind };
};

async function begin({ admitted, ...options }: BeginningOptions = {}): Promise<Claim> {
  const one = await beginningOf(context, ids, {
    admitted: { bound: BOUND, callbackUrl: CALLBACK, ...admitted },
    ...options,
  });
  await executions.begin(one);
  return { projectId: one.projectId, executionId: one.executionId, fence: 1 };
}

const end = (claim: Claim, outcome: CallOutcome, price: PriceRecord | null = PRICE) =>
  executions.end({
    mode: 'async',
    claim,
    attempt: 1,
    model: { provider: 'echo', modelName: 'echo' },
    price,
    outcome,
    next: { kind: 'final' },
  });

async function claimOne(): Promise<Claim> {
  await begin({ status: 'queued' });
  return (await executions.claim(1, ANY))[0] as Claim;
}

async function cancelBatch(): Promise<void> {
  const { rows } = await context.owner.query<{ batch_id: string }>(
    `INSERT INTO batches (project_id, prompt_id, version_id, model_id, environment, size)
     VALUES ($1, $2, $3, $4, 'dev', 3) RETURNING batch_id`,
    [context.projectId, ids.promptId, ids.versionId, ids.modelId],
  );
  const batchId = (rows[0] as { batch_id: string }).batch_id;
  await Promise.all([1, 2, 3].map(() => begin({ status: 'queued', more: { batchId } })));
  const [canceled] = await context.scope.statement<{ count: number }>(context.projectId, {
    text: 'SELECT ledger_cancel_batch($1, $2) AS count',
    values: [context.projectId, batchId],
  });
  expect(canceled).toEqual({ count: 3 });
}

async function record(): Promise<void> {
  const recordings = new RecordingRepository(context.scope, context.config);
  const at = '2026-11-24T10:00:00Z';
  const row = (executionId: string, more: object) =>
    JSON.stringify({
      execution_id: executionId,
      prompt_id: ids.promptId,
      version_id: ids.versionId,
      provider: 'acme',
      model_name: 'large',
      environment: 'dev',
      prompt_mode: 'full',
      resolved_by: 'pointer',
      requested_by: 'admin',
      created_at: new Date(),
      started_at: at,
      completed_at: at,
      latency_ms: 7,
      variables_json: '{}',
      rendered_prompt: 'Hello',
      ...more,
    });
  const [good, bad] = [randomUUID(), randomUUID()];
  const rows = [
    row(good, {
      status: 'succeeded',
      prompt_tokens: 3,
      response_tokens: 2,
      cost_pico_usd: '5',
      response_text: 'Hi',
      response_truncated: false,
      response_bytes: 2,
      response_sha256: '',
    }),
    row(bad, { status: 'failed', error_type: 'timeout' }),
  ];
  await recordings.insert({
    projectId: context.projectId,
    executionIds: [good, bad],
    rows,
    key: null,
    answer: { status: 200, headers: {}, body: '{}' },
  });
}

/** Ways to end, each with the number of ended executions by status, and the money that is then held and spent. */
const WAYS: [string, () => Promise<unknown>, Record<string, number>, { held: number; spent: number }][] = [
  ['an answer', async () => end(await begin(), answer()), { succeeded: 1 }, { held: 0, spent: 5 }],
  [
    'an answer that nobody is told of',
    async () =>
      end({ ...(await begin({ admitted: { callbackUrl: null } })), mayHaveDuties: false }, answer()),
    { succeeded: 1 },
    { held: 0, spent: 5 },
  ],
  [
    'an answer whose cost nobody knows',
    async () => end(await begin(), answer(), null),
    { succeeded: 1 },
    { held: 0, spent: 10 },
  ],
  [
    'a failure',
    async () => end(await begin(), { succeeded: false, failure: failure('provider_error') }),
    { failed: 1 },
    { held: 0, spent: 0 },
  ],
  [
    'a client that is gone',
    async () => end(await begin(), { succeeded: false, failure: failure('client_closed') }),
    { canceled: 1 },
    { held: 10, spent: 0 },
  ],
  [
    'a cancel',
    async () => executions.cancel(context.projectId, (await begin({ status: 'queued' })).executionId),
    { canceled: 1 },
    { held: 0, spent: 0 },
  ],
  ['a cancel of a batch', cancelBatch, { canceled: 3 }, { held: 0, spent: 0 }],
  [
    'a sweep of what was called',
    async () => {
      await begin();
      await lapseLeases(context.owner);
      await executions.sweepLapsed();
    },
    { failed: 1 },
    { held: 10, spent: 0 },
  ],
  [
    'a sweep of what was not called',
    async () => {
      const { executionId: id } = await claimOne();
      await lapseLeases(context.owner);
      await setLapses(context.owner, [{ id, lapses: 9 }]);
      await executions.sweepLapsed();
    },
    { failed: 1 },
    { held: 0, spent: 0 },
  ],
  [
    'a refusal before the call',
    async () => executions.refuse(await claimOne(), 0, failure('provider_error')),
    { failed: 1 },
    { held: 0, spent: 0 },
  ],
  [
    'a refusal from the beginning',
    () =>
      begin({
        status: 'failed',
        more: { error: { type: 'provider_error', message: 'The circuit is open.' } },
      }),
    { failed: 1 },
    { held: 0, spent: 0 },
  ],
  [
    'an answer from the cache',
    async () => {
      const source = await begin();
      await end(source, answer());
      await begin({ status: 'succeeded', more: { cachedFrom: source.executionId } });
    },
    { succeeded: 2 },
    { held: 0, spent: 5 },
  ],
  ['a record of what a client did itself', record, { succeeded: 1, failed: 1 }, { held: 0, spent: 0 }],
];

describe.each(WAYS)('what ends by %s', (_, way, statuses, money) => {
  beforeEach(async () => {
    await budgets.make(1000);
    // The period exists even for ways that do not need it.
    await budgets.spend(0);
    await way();
  });

  it('is over, and nowhere else', async () => {
    const { rows } = await context.owner.query<{ status: string; count: number }>(
      'SELECT status, count(*)::int AS count FROM executions GROUP BY status',
    );
    expect(Object.fromEntries(rows.map(({ status, count }) => [status, count]))).toEqual(statuses);
    expect((await context.owner.query('SELECT FROM executions_in_flight')).rowCount).toBe(0);
    expect(await findMisplaced(context)).toEqual([]);
  });

  it('is counted as a look at every execution counts it, folded or not', async () => {
    for (const isFolded of [false, true]) {
      if (isFolded) await counts.fold(1000);
      const byMode = await counts.byMode(context.projectId, EVER);
      expect(inOrder(byMode)).toEqual(await countByBruteForce(context.owner, context.projectId, EVER));
      const query = { ...EVER, groupBy: 'model', after: null, limit: 100 } as const;
      const { total } = await costs.list(context.projectId, query);
      const expected = await costsByBruteForce(context.owner, context.projectId, 'model', EVER);
      expect(total).toMatchObject(expected.total);
      expect(total.executions).toBe(Object.values(statuses).reduce((sum, count) => sum + count, 0));
    }
  });

  it('is announced to whoever asked for it, once', async () => {
    const { rows: events } = await context.owner.query(
      'SELECT kind, subject, body ->> $1 AS url FROM outbox ORDER BY subject',
      ['url'],
    );
    const { rows: expected } = await context.owner.query(
      `SELECT 'execution.' || status AS kind, execution_id::text AS subject, callback_url AS url FROM executions
       WHERE callback_url IS NOT NULL ORDER BY execution_id`,
    );
    expect(events).toEqual(expected);
  });

  it('holds what nobody knows, and has spent what is known', async () => {
    expect(await budgets.periods()).toMatchObject([money]);
    const { rows } = await context.owner.query(
      'SELECT coalesce(sum(held_pico_usd), 0)::int AS held FROM budget_holds',
    );
    expect(rows).toEqual([{ held: money.held }]);
  });
});
