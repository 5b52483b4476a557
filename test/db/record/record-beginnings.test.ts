import type { ExecutionsRepository } from '../../../src/modules/executions/index.js';
import { type Admitted, begunAs } from '../../support/rows/admitted.js';
import { BudgetRows } from '../../support/rows/budget-rows.js';
import { answered } from '../../support/rows/call-outcomes.js';
import { endCall } from '../../support/rows/end-executions.js';
import { emptyExecutions, emptyTables } from '../../support/rows/execution-rows.js';
import { type LedgerContext, openLedgerContext } from '../../support/database/ledger-context.js';
import { insertOneOfEach, type LedgerRows } from '../../support/rows/ledger-rows.js';
import {
  AppConnection,
  type BeginningOptions,
  beginningOf,
  entryOf,
  findMisplaced,
  placesOf,
  untilBlocked,
} from '../../support/worlds/record-world.js';

const BOUND = { inputPicoUsd: 2n, outputPicoUsd: 1n, responseTokens: 8 };
const OVER = { in_flight: 0, over: 1 };

let context: LedgerContext;
let ids: LedgerRows;
let budgets: BudgetRows;
/** A process that does not know of any budget yet. */
let executions: ExecutionsRepository;
let app: AppConnection;
let other: AppConnection;

beforeAll(async () => {
  context = await openLedgerContext();
  ids = await insertOneOfEach(context.owner, context.projectId);
  budgets = new BudgetRows(context);
  [app, other] = await Promise.all([AppConnection.open(context), AppConnection.open(context)]);
});
beforeEach(async () => {
  await emptyExecutions(context.owner);
  await budgets.empty();
  await emptyTables(context.owner, 'idempotency_keys');
  context.connections.sent.length = 0;
  executions = context.openExecutions();
});
afterEach(async () => expect(await findMisplaced(context)).toEqual([]));
afterAll(async () => {
  await Promise.all([app.close(), other.close()]);
  await context.close();
});

const count = async (table: string) =>
  (await context.owner.query<{ count: number }>(`SELECT count(*)::int AS count FROM ${table}`)).rows[0]
    ?.count;

describe('a beginning that is sent again', () => {
  const kinds: [string, string, BeginningOptions, boolean][] = [
    ['with nothing else', 'begin-plain', {}, false],
    ['with a key', 'begin', { key: 'k' }, false],
    ['with money held', 'begin', { admitted: { bound: BOUND } }, true],
    ['with both', 'begin', { key: 'k', admitted: { bound: BOUND } }, true],
  ];

  it.each(kinds)('%s, does not begin twice what has ended meanwhile', async (_, name, options, isHeld) => {
    if (isHeld) await budgets.make(1000);
    const one = await beginningOf(context, ids, options);
    const claim = { projectId: one.projectId, executionId: one.executionId, fence: 1 };
    context.connections.loseAnswerOf(name, () =>
      endCall(context.openExecutions(), claim, 1, answered('Hello')),
    );
    // The project is not known to have a budget, so the plain statement is tried first.
    expect(begunAs(await executions.begin(one))).toBe('begun');
    expect(context.connections.sent.filter((each) => each === name)).toHaveLength(2);
    expect(await placesOf(context, one.executionId)).toEqual(OVER);
    expect([await count('execution_inputs'), await count('execution_attempts')]).toEqual([1, 1]);
    expect(await budgets.holdCount()).toBe(0);
    expect(await budgets.periods()).toMatchObject(isHeld ? [{ held: 0, spent: 10 }] : []);
    expect(await count('idempotency_keys')).toBe(options.key === undefined ? 0 : 1);
  });

  it.each([
    [
      'refused',
      { status: 'failed', more: { error: { type: 'provider_error', message: 'The circuit is open.' } } },
    ],
    ['succeeded, from the cache', { status: 'succeeded' }],
  ] as const)('is over once, when it was %s', async (_, options) => {
    const source = await beginningOf(context, ids);
    await executions.begin(source);
    const { projectId, executionId: cachedFrom } = source;
    await endCall(executions, { projectId, executionId: cachedFrom, fence: 1 }, 1, answered('Hello'));
    const from = options.status === 'succeeded' ? { cachedFrom } : options.more;
    const one = await beginningOf(context, ids, { ...options, more: from });
    context.connections.loseAnswerOf('begin');
    expect(begunAs(await executions.begin(one))).toBe('begun');
    expect(await placesOf(context, one.executionId)).toEqual(OVER);
    const { rows } = await context.owner.query(
      'SELECT count(*)::int AS executions FROM executions WHERE execution_id = $1',
      [one.executionId],
    );
    expect(rows).toEqual([{ executions: 1 }]);
  });

  it('while the first try is still on its way, waits for that, and begins what was rolled back', async () => {
    for (const isCommitted of [true, false]) {
      const one = await beginningOf(context, ids);
      await other.beginTransaction(one.projectId);
      expect(await other.beginPlain([entryOf(one)])).toEqual([]);
      const again = app.beginPlain([entryOf(one)]);
      await untilBlocked(context);
      await (isCommitted ? other.commit() : other.rollback());
      expect(await again).toEqual([]);
      expect(await placesOf(context, one.executionId)).toEqual({ in_flight: 1, over: 0 });
    }
    expect(await count('execution_inputs')).toBe(2);
  });

  it('keeps what a budget has left it of its tokens, and holds no more', async () => {
    await budgets.make(6);
    const admitted = { bound: BOUND, onBudget: 'clamp', params: { max_new_tokens: 8 } } as const;
    const one = await beginningOf(context, ids, { admitted });
    context.connections.loseAnswerOf('begin');
    expect(await executions.begin(one)).toMatchObject({ clampedTokens: 4, mayHaveDuties: true });
    expect(await budgets.periods()).toMatchObject([{ held: 6 }]);
  });
});

describe('a beginning whose project gets its first budget', () => {
  it('is held for, though the process does not know of the budget yet', async () => {
    const plain = await beginningOf(context, ids, { admitted: { bound: BOUND } });
    expect(await executions.begin(plain)).toMatchObject({ mayHaveDuties: false });
    await budgets.make(10);
    const held = await beginningOf(context, ids, { admitted: { bound: BOUND } });
    expect(await executions.begin(held)).toMatchObject({ mayHaveDuties: true });
    const refused = await beginningOf(context, ids, { admitted: { bound: BOUND } });
    await expect(executions.begin(refused)).rejects.toMatchObject({ code: 'BUDGET_EXCEEDED' });
    // From then on the budget is known.
    expect(context.connections.sent).toEqual(['begin-plain', 'begin-plain', 'begin', 'begin']);
    expect(await budgets.periods()).toMatchObject([{ held: 10 }]);
  });
});

describe('the revision that a request was prepared with', () => {
  it.each([
    ['plain', undefined],
    ['keyed', 'k'],
  ])('is checked for each prompt by itself, of %s beginnings', async (_, key) => {
    const { rows } = await context.owner.query<{ prompt_id: string; version_id: string }>(
      `WITH prompt AS (
         INSERT INTO prompts (project_id, name, mode, kind, registry_revision)
         SELECT $1, name, 'full', 'text', revision FROM (VALUES ('p' || gen_random_uuid(), 7), ('p' || gen_random_uuid(), 9)) AS p (name, revision)
         RETURNING project_id, prompt_id, registry_revision
       ), version AS (
         INSERT INTO prompt_versions (project_id, prompt_id, version_number, template_source, checksum_hash, renderer, variables)
         SELECT project_id, prompt_id, 1, 'Hello', repeat('a', 64), 'liquid-1', '{}' FROM prompt RETURNING prompt_id, version_id
       ) SELECT * FROM prompt JOIN version USING (prompt_id) ORDER BY registry_revision`,
      [context.projectId],
    );
    const asked = [
      [0, 7],
      [0, 9],
      [1, 9],
      [1, 7],
      [1, null],
    ] as const;
    const all = await Promise.all(
      asked.map(([nth, revision], index) => {
        const prompt = rows[nth] as { prompt_id: string; version_id: string };
        const of = { ...ids, promptId: prompt.prompt_id, versionId: prompt.version_id };
        const options = {
          admitted: { promptRevision: revision } as Partial<Admitted> & { promptRevision: number | null },
        };
        return beginningOf(context, of, key === undefined ? options : { ...options, key: `${key}${index}` });
      }),
    );
    const told = await Promise.all(all.map((each) => executions.begin(each)));
    expect(told.map(begunAs)).toEqual(['begun', 'stale', 'begun', 'stale', 'begun']);
    expect(context.connections.sent).toEqual([key === undefined ? 'begin-plain' : 'begin']);
    expect(await count('executions_in_flight')).toBe(3);
    expect(await count('idempotency_keys')).toBe(key === undefined ? 0 : 3);
  });
});
