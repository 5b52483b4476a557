import fc from 'fast-check';
import { ExecutionCountsRepository } from '../../../src/modules/analytics/counts/execution-counts.repository.js';
import type { Claim } from '../../../src/modules/executions/facts/claim.js';
import type { ExecutionsRepository } from '../../../src/modules/executions/index.js';
import type { Next } from '../../../src/modules/executions/record/end.js';
import { BudgetRows } from '../../support/rows/budget-rows.js';
import { answered, failed } from '../../support/rows/call-outcomes.js';
import { countByBruteForce, inOrder } from '../../support/rows/count-by-brute-force.js';
import { endCall } from '../../support/rows/end-executions.js';
import { lapseLeases, makeDue, emptyTables } from '../../support/rows/execution-rows.js';
import { type LedgerContext, openLedgerContext } from '../../support/database/ledger-context.js';
import { insertOneOfEach, type LedgerRows } from '../../support/rows/ledger-rows.js';
import { beginningOf, findMisplaced } from '../../support/worlds/record-world.js';

const EVER = { promptName: null, span: null };
const ANY = { afterProject: '00000000-0000-0000-0000-000000000000', passedOver: [] };
const BOUND = { inputPicoUsd: 2n, outputPicoUsd: 1n, responseTokens: 8 };

/** A process's own view of an execution that it holds or once held. */
interface Hold {
  readonly claim: Claim;
  attempt: number;
}

interface Step {
  readonly what:
    'begin' | 'claim' | 'call' | 'end' | 'cancel' | 'release' | 'renew' | 'lapse' | 'sweep' | 'due';
  /** Selects one of the known executions or, for a beginning, how it begins. */
  readonly nth: number;
  readonly next: 'final' | 'queued' | 'running';
  readonly succeeds: boolean;
  /** The server executes the statement, but the connection is lost before its answer. */
  readonly isLost: boolean;
}

const step: fc.Arbitrary<Step> = fc.record({
  what: fc.constantFrom(
    'begin',
    'begin',
    'begin',
    'claim',
    'claim',
    'call',
    'call',
    'end',
    'end',
    'end',
    'cancel',
    'release',
    'renew',
    'lapse',
    'sweep',
    'due',
  ),
  nth: fc.nat(15),
  next: fc.constantFrom('final', 'final', 'queued', 'running'),
  succeeds: fc.boolean(),
  isLost: fc.constantFrom(false, false, false, true),
});

let context: LedgerContext;
let ids: LedgerRows;
let budgets: BudgetRows;
let counts: ExecutionCountsRepository;
let executions: ExecutionsRepository;
let holds: Hold[];
/** The executions whose beginning was acknowledged. */
let begun: string[];

beforeAll(async () => {
  context = await openLedgerContext();
  ids = await insertOneOfEach(context.owner, context.projectId);
  budgets = new BudgetRows(context);
  counts = new ExecutionCountsRepository(context.scope);
});
afterAll(() => context.close());

async function clear(hasBudget: boolean): Promise<void> {
  await budgets.empty();
  await emptyTables(context.owner, 'execution_deltas', 'execution_rollups', 'idempotency_keys');
  if (hasBudget) await budgets.make(1_000_000);
  executions = context.openExecutions();
  [holds, begun] = [[], []];
}

async function begin({ nth, isLost }: Step): Promise<void> {
  const status = (['queued', 'running', 'queued', 'failed'] as const)[nth % 4] as
    'queued' | 'running' | 'failed';
  const one = await beginningOf(context, ids, {
    status,
    admitted: { bound: BOUND, callbackUrl: nth % 3 === 0 ? 'https://hooks.example.com/' : null },
    ...(nth % 5 === 0 ? { key: `k${begun.length}` } : {}),
    ...(status === 'failed'
      ? { more: { error: { type: 'provider_error', message: 'The circuit is open.' } } }
      : {}),
  });
  if (isLost) for (const name of ['begin-plain', 'begin']) context.connections.loseAnswerOf(name);
  expect(typeof (await executions.begin(one))).toBe('object');
  begun.push(one.executionId);
  const claim = { projectId: one.projectId, executionId: one.executionId, fence: 1 };
  if (status === 'running') holds.push({ claim, attempt: 1 });
}

async function claim({ nth }: Step): Promise<void> {
  const taken = await executions.claim(1 + (nth % 3), ANY);
  for (const each of taken) holds.push({ claim: each, attempt: each.attemptsMade });
}

const pick = ({ nth }: Step): Hold | undefined => holds[nth % holds.length];

async function call(each: Step): Promise<void> {
  const hold = pick(each);
  if (hold === undefined) return;
  if (each.isLost) context.connections.loseAnswerOf('call');
  if ((await executions.dispatch(hold.claim, hold.attempt + 1, ids)) !== null) hold.attempt += 1;
}

async function end(each: Step): Promise<void> {
  const hold = pick(each);
  if (hold === undefined || hold.attempt === 0) return;
  if (each.isLost)
    for (const name of ['ledger_end_plain', 'ledger_end']) context.connections.loseAnswerOf(name);
  const model = { modelId: ids.modelId, provider: 'echo', modelName: 'echo' };
  const next: Next =
    each.succeeds || each.next === 'final'
      ? { kind: 'final' }
      : each.next === 'queued'
        ? { kind: 'queued', waitMs: 0 }
        : { kind: 'running', model };
  const outcome = each.succeeds ? answered('Hello') : failed;
  const isEnded = await endCall(executions, hold.claim, hold.attempt, outcome, next);
  if (isEnded && next.kind === 'running') hold.attempt += 1;
}

const DO: Record<Step['what'], (step: Step) => Promise<unknown>> = {
  begin,
  claim,
  call,
  end,
  cancel: ({ nth }) =>
    begun.length === 0
      ? Promise.resolve()
      : executions.cancel(context.projectId, begun[nth % begun.length] as string),
  release: async (each) => {
    const hold = pick(each);
    if (hold !== undefined) await executions.release(hold.claim, 0);
  },
  renew: async (each) => {
    const hold = pick(each);
    if (hold !== undefined) await executions.renew([hold.claim]);
  },
  lapse: async (each) => {
    const hold = pick(each);
    if (hold !== undefined) await lapseLeases(context.owner, hold.claim.executionId);
  },
  sweep: () => executions.sweepLapsed(),
  due: () => makeDue(context.owner),
};

/** Expects the invariants of the tables, which hold after any step. */
async function expectInOrder(): Promise<void> {
  expect(await findMisplaced(context)).toEqual([]);
  const { rows: known } = await context.owner.query<{ id: string }>(
    'SELECT execution_id AS id FROM execution_inputs',
  );
  expect(known.map(({ id }) => id).sort()).toEqual([...begun].sort());
  // Each attempt exists once, and for each call that was announced: their numbers have no gaps.
  const { rows: odd } = await context.owner.query(
    `SELECT e.execution_id, e.attempts_made, array_agg(a.attempt ORDER BY a.attempt) AS attempts
     FROM executions_all e LEFT JOIN execution_attempts_all a USING (project_id, execution_id)
     GROUP BY e.project_id, e.execution_id, e.attempts_made
     HAVING count(a.attempt) <> e.attempts_made OR coalesce(max(a.attempt), 0) <> e.attempts_made`,
  );
  expect(odd).toEqual([]);
}

/** Expects the further duties of endings to be done exactly once, and only for ended executions. */
async function expectDutiesDone(): Promise<void> {
  const byMode = await counts.byMode(context.projectId, EVER);
  expect(inOrder(byMode)).toEqual(await countByBruteForce(context.owner, context.projectId, EVER));
  const { rows: events } = await context.owner.query('SELECT kind, subject FROM outbox ORDER BY subject');
  const { rows: over } = await context.owner.query(
    `SELECT 'execution.' || status AS kind, execution_id::text AS subject FROM executions
     WHERE callback_url IS NOT NULL ORDER BY execution_id`,
  );
  expect(events).toEqual(over);
  const { rows: money } = await context.owner.query(
    `SELECT p.held_pico_usd - coalesce((SELECT sum(h.held_pico_usd) FROM budget_holds h), 0) AS difference FROM budget_periods p`,
  );
  expect(money.map(({ difference }: { difference: string }) => Number(difference))).toEqual(
    money.map(() => 0),
  );
  // Holds exist for executions that wait for or make their first call, and for calls of unknown cost.
  const { rows: leaked } = await context.owner.query(
    `SELECT h.execution_id, h.attempt FROM budget_holds h
     WHERE NOT EXISTS (SELECT FROM executions_in_flight f WHERE f.execution_id = h.execution_id AND f.attempt <= h.attempt)
       AND NOT EXISTS (SELECT FROM execution_attempts a
         WHERE a.execution_id = h.execution_id AND a.attempt = h.attempt AND a.status IN ('outcome_unknown', 'fenced'))`,
  );
  expect(leaked).toEqual([]);
}

describe('whatever happens to executions, in whatever order, and whichever answers are lost', () => {
  it.each([
    ['without budgets', false],
    ['with money held', true],
  ])('each is in flight or over, and its end is done once (%s)', async (_, hasBudget) => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
        await clear(hasBudget);
        for (const each of steps) {
          await DO[each.what](each);
          await expectInOrder();
        }
        await expectDutiesDone();
      }),
      { numRuns: 20 },
    );
  });
});
