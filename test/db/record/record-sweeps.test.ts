import type { Claim } from '../../../src/modules/executions/facts/claim.js';
import type { ExecutionsRepository } from '../../../src/modules/executions/index.js';
import { BudgetRows } from '../../support/rows/budget-rows.js';
import { answered, failed } from '../../support/rows/call-outcomes.js';
import { endCall } from '../../support/rows/end-executions.js';
import {
  insertAttempt,
  lapseLeases,
  emptyExecutions,
  emptyTables,
} from '../../support/rows/execution-rows.js';
import { type LedgerContext, openLedgerContext } from '../../support/database/ledger-context.js';
import { insertOneOfEach, type LedgerRows } from '../../support/rows/ledger-rows.js';
import { AppConnection, beginningOf, findMisplaced } from '../../support/worlds/record-world.js';

const LOWEST_ID = '00000000-0000-0000-0000-000000000000';
const ALL = { afterProject: LOWEST_ID, passedOver: [] };
const BOUND = { inputPicoUsd: 2n, outputPicoUsd: 1n, responseTokens: 8 };

let context: LedgerContext;
let ids: LedgerRows;
let budgets: BudgetRows;
let executions: ExecutionsRepository;

beforeAll(async () => {
  context = await openLedgerContext();
  ids = await insertOneOfEach(context.owner, context.projectId);
  budgets = new BudgetRows(context);
});
beforeEach(async () => {
  await budgets.empty();
  await emptyTables(context.owner, 'execution_deltas');
  executions = context.openExecutions();
});
afterEach(async () => expect(await findMisplaced(context)).toEqual([]));
afterAll(() => context.close());

/** Makes an execution whose call is under way, and whose process is silent. */
async function lapsed(status: 'running' | 'queued' = 'running'): Promise<Claim> {
  const one = await beginningOf(context, ids, { status, admitted: { bound: BOUND } });
  await executions.begin(one);
  if (status === 'queued') {
    const [claimed] = await executions.claim(1, ALL);
    await executions.dispatch(claimed as Claim, 1, ids);
  }
  await lapseLeases(context.owner, one.executionId);
  return { projectId: one.projectId, executionId: one.executionId, fence: 1 };
}

async function ended(): Promise<Record<string, unknown>> {
  const { rows } = await context.owner.query<{ execution_id: string; error_type: string }>(
    'SELECT execution_id, error_type FROM executions',
  );
  return Object.fromEntries(rows.map(({ execution_id: id, error_type: type }) => [id, type]));
}

describe('a row that Postgres refuses', () => {
  it('ends as failed, and the others are settled', async () => {
    const [first, zombie, last] = [await lapsed(), await lapsed(), await lapsed()];
    // Its attempt is already stored as ended, although the row in flight says that it is under way.
    await context.owner.query(
      `INSERT INTO execution_attempts (project_id, execution_id, attempt, fence, status, provider, model_name, started_at)
       VALUES ($1, $2, 1, 1, 'failed', 'echo', 'echo', now())`,
      [zombie.projectId, zombie.executionId],
    );
    const swept = await executions.sweepLapsed();
    expect(swept.map(({ executionId, status }) => [executionId, status])).toEqual(
      [first, zombie, last].map(({ executionId }) => [executionId, 'failed']),
    );
    expect(await ended()).toEqual({
      [first.executionId]: 'outcome_unknown',
      [zombie.executionId]: 'internal',
      [last.executionId]: 'outcome_unknown',
    });
    expect(await executions.sweepLapsed()).toEqual([]);
  });

  it('and that cannot be ended either, is looked at again behind all others', async () => {
    const [stuck, other] = [await lapsed(), await lapsed()];
    // It is already over, which only a manual change can have caused.
    await context.owner.query(
      `INSERT INTO executions (project_id, execution_id, status, model_id, environment, execution_mode)
       VALUES ($1, $2, 'succeeded', $3, 'dev', 'sync')`,
      [stuck.projectId, stuck.executionId, ids.modelId],
    );
    expect((await executions.sweepLapsed()).map(({ executionId }) => executionId)).toEqual([
      other.executionId,
    ]);
    expect(await executions.sweepLapsed()).toEqual([]);
    const { rows } = await context.owner.query(
      'SELECT execution_id, lease_until > now() AS later FROM executions_in_flight',
    );
    expect(rows).toEqual([{ execution_id: stuck.executionId, later: true }]);
    await context.owner.query('DELETE FROM executions_in_flight');
  });
});

describe('a sweep', () => {
  it('is made by one process at a time: the others have nothing to do', async () => {
    const claim = await lapsed();
    await context.owner.query('BEGIN');
    await context.owner.query(`SELECT pg_advisory_xact_lock(hashtext('ledger_sweep_lapsed'))`);
    expect(await executions.sweepLapsed()).toEqual([]);
    await context.owner.query('ROLLBACK');
    expect(await executions.sweepLapsed()).toMatchObject([{ executionId: claim.executionId }]);
  });

  it('waits for nobody who ends one of them at this moment', async () => {
    const [locked, free] = [await lapsed(), await lapsed()];
    const app = await AppConnection.open(context);
    await app.beginTransaction(context.projectId);
    await app.query('SELECT FROM executions_in_flight WHERE execution_id = $1 FOR UPDATE', [
      locked.executionId,
    ]);
    expect(await executions.sweepLapsed()).toMatchObject([{ executionId: free.executionId }]);
    await app.rollback();
    await app.close();
    expect(await executions.sweepLapsed()).toMatchObject([{ executionId: locked.executionId }]);
  });
});

describe('an answer that comes after the sweep', () => {
  const shown = async () =>
    (
      await context.owner.query(
        `SELECT e.status, a.status AS attempt, a.cost_pico_usd::int AS cost,
           (SELECT json_agg(json_build_object('late', o.late, 'text', o.response_text)) FROM execution_outputs o) AS outputs
         FROM executions_all e JOIN execution_attempts_all a USING (project_id, execution_id)`,
      )
    ).rows;
  const price = {
    priceId: '00000000-0000-7000-8000-000000000001',
    inputMicrosPerMtok: 2n,
    outputMicrosPerMtok: 0n,
  };
  const counted = async () =>
    (await context.owner.query('SELECT status, executions::int FROM execution_deltas')).rows;

  it.each([
    ['that gave it up and queued it again', 'queued', []],
    ['that ended it as failed', 'running', [{ status: 'failed', executions: 1 }]],
  ] as const)('%s is kept beside, once, and changes nothing else', async (_, begunAs, counts) => {
    await budgets.make(1000);
    const claim = await lapsed(begunAs);
    await executions.sweepLapsed();
    const status = begunAs === 'queued' ? 'queued' : 'failed';
    expect(await shown()).toMatchObject([{ status, attempt: 'outcome_unknown', outputs: null }]);
    for (let time = 0; time < 2; time += 1) {
      expect(await endCall(executions, claim, 1, answered('late'))).toBe(false);
    }
    expect(await shown()).toMatchObject([
      { status, attempt: 'fenced', outputs: [{ late: true, text: 'late' }] },
    ]);
    const { rows } = await context.owner.query(
      'SELECT attempt, late, status FROM execution_attempts ORDER BY late',
    );
    expect(rows).toEqual([
      { attempt: 1, late: false, status: 'outcome_unknown' },
      { attempt: 1, late: true, status: 'fenced' },
    ]);
    expect(await counted()).toEqual(counts);
    // Its cost is unknown, so the hold stays until it expires.
    expect(await budgets.periods()).toMatchObject([{ held: 10, spent: 0 }]);
  });

  it('settles what was held for it, by what it cost', async () => {
    await budgets.make(1000);
    const claim = await lapsed();
    await executions.sweepLapsed();
    const model = { provider: 'echo', modelName: 'echo' };
    const late = (text: string) =>
      context.scope.statement(context.projectId, {
        text: 'SELECT ledger_record_late($1::json, $2::uuid[])',
        values: [
          JSON.stringify([
            {
              project_id: claim.projectId,
              execution_id: claim.executionId,
              fence: 1,
              attempt: 1,
              was_called: true,
              status: 'succeeded',
              spent: 'cost',
              cost_pico_usd: '6',
              price_id: price.priceId,
              provider: model.provider,
              model_name: model.modelName,
              response_text: text,
              response_truncated: false,
              response_bytes: 4,
              response_sha256: '',
            },
          ]),
          [claim.projectId],
        ],
      });
    await late('late');
    await late('late');
    expect(await budgets.periods()).toMatchObject([{ held: 0, spent: 6 }]);
    expect(await shown()).toMatchObject([{ status: 'failed', attempt: 'fenced', cost: 6 }]);
  });

  it('and says that the call failed for free gives back what was held', async () => {
    await budgets.make(1000);
    const claim = await lapsed();
    await executions.sweepLapsed();
    expect(await endCall(executions, claim, 1, failed)).toBe(false);
    expect(await budgets.periods()).toMatchObject([{ held: 0, spent: 0 }]);
  });

  it('is not kept when its fence was never there', async () => {
    const claim = await lapsed();
    await executions.sweepLapsed();
    expect(await endCall(executions, { ...claim, fence: 7 }, 1, answered('whose?'))).toBe(false);
    expect(await shown()).toMatchObject([{ attempt: 'outcome_unknown', outputs: null }]);
  });

  it('finds that of a claim which was taken again meanwhile, under its own fence', async () => {
    const claim = await lapsed('queued');
    await executions.sweepLapsed();
    const [again] = await executions.claim(1, ALL);
    await executions.dispatch(again as Claim, 2, ids);
    expect(await endCall(executions, claim, 1, answered('late'))).toBe(false);
    expect(await endCall(executions, again as Claim, 2, answered('in time'))).toBe(true);
    const { rows } = await context.owner.query(
      'SELECT attempt, late, response_text FROM execution_outputs ORDER BY attempt',
    );
    expect(rows).toEqual([
      { attempt: 1, late: true, response_text: 'late' },
      { attempt: 2, late: false, response_text: 'in time' },
    ]);
  });
});

describe('what is being called', () => {
  it('is not released, and not claimed by anybody else', async () => {
    const one = await beginningOf(context, ids, { status: 'queued' });
    await executions.begin(one);
    const [claimed] = await executions.claim(1, ALL);
    await insertAttempt(context.owner, one.projectId, one.executionId);
    await executions.release(claimed as Claim, 0);
    expect(await executions.claim(1, ALL)).toEqual([]);
    await emptyExecutions(context.owner);
  });
});
