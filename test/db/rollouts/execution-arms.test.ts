import type { StoredArm } from '../../../src/entities/index.js';
import type { ExecutionsRepository } from '../../../src/modules/executions/index.js';
import type { Beginning } from '../../../src/modules/executions/record/index.js';
import { answered, failed } from '../../support/rows/call-outcomes.js';
import { endCall } from '../../support/rows/end-executions.js';
import { lapseLeases, emptyExecutions, emptyTables } from '../../support/rows/execution-rows.js';
import { type LedgerContext, openLedgerContext } from '../../support/database/ledger-context.js';
import { insertOneOfEach, type LedgerRows } from '../../support/rows/ledger-rows.js';
import { type BeginningOptions, beginningOf } from '../../support/worlds/record-world.js';

const ARM: StoredArm = {
  rollout_id: '0193d2a4-7c1e-7b57-9a0e-2f4a3f8a1c55',
  arm: 'candidate',
  phase: 2,
  unit: 'ab'.repeat(32),
  bucket: 0.0505,
};

let context: LedgerContext;
let ids: LedgerRows;
let executions: ExecutionsRepository;

beforeAll(async () => {
  context = await openLedgerContext();
  ids = await insertOneOfEach(context.owner, context.projectId);
  executions = context.executions;
});
beforeEach(async () => {
  await emptyExecutions(context.owner);
  await emptyTables(context.owner, 'idempotency_keys', 'outbox', 'budget_holds', 'budget_periods', 'budgets');
});
afterAll(() => context.close());

async function begin({ admitted, ...options }: BeginningOptions = {}): Promise<Beginning> {
  const beginning = await beginningOf(context, ids, { ...options, admitted: { arm: ARM, ...admitted } });
  await executions.begin(beginning);
  return beginning;
}

const claimOf = ({ projectId, executionId }: Beginning) => ({ projectId, executionId, fence: 1 });

async function rows(): Promise<unknown[]> {
  const text = 'SELECT execution_id, status, rollout FROM executions_all ORDER BY execution_id';
  return (await context.owner.query<Record<string, unknown>>(text)).rows;
}

/** Returns the data of each event, in order. */
async function tellings(): Promise<Record<string, unknown>[]> {
  const text = `SELECT body -> 'event' -> 'data' AS data FROM outbox ORDER BY event_id`;
  return (await context.owner.query<{ data: Record<string, unknown> }>(text)).rows.map(({ data }) => data);
}

describe('the arm of an execution', () => {
  const ways: [string, string, () => Promise<Beginning>][] = [
    ['is in flight', 'running', () => begin()],
    ['waits', 'queued', () => begin({ status: 'queued' })],
    [
      'was answered',
      'succeeded',
      async () => {
        const one = await begin();
        await endCall(executions, claimOf(one), 1, answered('Hello'));
        return one;
      },
    ],
    [
      'was answered, and somebody is told',
      'succeeded',
      async () => {
        const one = await begin({ admitted: { callbackUrl: 'https://receiver.test/' } });
        await endCall(executions, claimOf(one), 1, answered('Hello'));
        return one;
      },
    ],
    [
      'failed',
      'failed',
      async () => {
        const one = await begin();
        await endCall(executions, claimOf(one), 1, failed);
        return one;
      },
    ],
    [
      'is tried again',
      'queued',
      async () => {
        const one = await begin();
        await endCall(executions, claimOf(one), 1, failed, { kind: 'queued', waitMs: 1000 });
        return one;
      },
    ],
    [
      'was canceled',
      'canceled',
      async () => {
        const one = await begin({ status: 'queued' });
        await executions.cancel(one.projectId, one.executionId);
        return one;
      },
    ],
    [
      'lapsed',
      'failed',
      async () => {
        const one = await begin();
        await lapseLeases(context.owner);
        await executions.sweepLapsed();
        return one;
      },
    ],
    [
      'was refused before any call',
      'failed',
      () => begin({ status: 'failed', more: { error: { type: 'provider_error', message: 'open' } } }),
    ],
    ['has a key', 'running', () => begin({ key: 'k' })],
    ['has metadata', 'running', () => begin({ admitted: { metadata: { plan: 'free' } } })],
  ];

  it.each(ways)('that %s (%s) stands in its row', async (_, status, make) => {
    const { executionId } = await make();
    expect(await rows()).toEqual([{ execution_id: executionId, status, rollout: ARM }]);
  });

  const named = () =>
    context.owner.query<Record<string, unknown>>('SELECT rollout_id, rollout_arm FROM executions');

  it.each(ways.filter(([, status]) => !['running', 'queued'].includes(status)))(
    'that %s is found by the columns of its row',
    async (_, __, make) => {
      await make();
      const { rows: found } = await named();
      expect(found).toEqual([{ rollout_id: ARM.rollout_id, rollout_arm: ARM.arm }]);
    },
  );

  it.each(
    ways.filter(([way]) => ['was answered', 'was answered, and somebody is told', 'failed'].includes(way)),
  )('that %s is named without the trigger, which is slow', async (_, __, make) => {
    await context.owner.query('ALTER TABLE executions DISABLE TRIGGER executions_name_arm');
    try {
      await make();
      const { rows: found } = await named();
      expect(found).toEqual([{ rollout_id: ARM.rollout_id, rollout_arm: ARM.arm }]);
    } finally {
      await context.owner.query('ALTER TABLE executions ENABLE TRIGGER executions_name_arm');
    }
  });

  const callbackUrl = 'https://receiver.test/';
  const told: [string, () => Promise<unknown>][] = [
    [
      'was answered',
      async () => {
        const one = await begin({ admitted: { callbackUrl } });
        return endCall(executions, claimOf(one), 1, answered('Hello'));
      },
    ],
    [
      'failed',
      async () => {
        const one = await begin({ admitted: { callbackUrl, metadata: { plan: 'free' } } });
        return endCall(executions, claimOf(one), 1, failed);
      },
    ],
    [
      'was canceled',
      async () => {
        const one = await begin({ status: 'queued', admitted: { callbackUrl } });
        return executions.cancel(one.projectId, one.executionId);
      },
    ],
    [
      'lapsed',
      async () => {
        await begin({ admitted: { callbackUrl } });
        await lapseLeases(context.owner);
        return executions.sweepLapsed();
      },
    ],
    [
      'was refused before any call',
      () =>
        begin({
          status: 'failed',
          admitted: { callbackUrl },
          more: { error: { type: 'provider_error', message: 'open' } },
        }),
    ],
  ];

  it.each(told)('that %s is told with its end', async (_, make) => {
    await make();
    const { rollout_id, arm, phase } = ARM;
    expect(await tellings()).toMatchObject([{ rollout: { rollout_id, arm, phase, unit: 'unit_key' } }]);
  });

  it('is told without its key, and not where nothing is rolled out', async () => {
    for (const arm of [{ ...ARM, unit: null }, null]) {
      const one = await begin({ admitted: { arm, callbackUrl } });
      await endCall(executions, claimOf(one), 1, answered('Hello'));
    }
    const { rollout_id, arm, phase } = ARM;
    const [ofRequest, outside] = await tellings();
    expect(ofRequest).toMatchObject({ rollout: { rollout_id, arm, phase, unit: 'request' } });
    expect(Object.keys(ofRequest?.['rollout'] as object)).toEqual(['rollout_id', 'arm', 'phase', 'unit']);
    expect(outside).not.toHaveProperty('rollout');
  });

  it('is its own when its answer is that of another', async () => {
    const source = await begin();
    await endCall(executions, claimOf(source), 1, answered('Hello'));
    const arm = { ...ARM, arm: 'control' as const, unit: null };
    await begin({ status: 'succeeded', admitted: { arm }, more: { cachedFrom: source.executionId } });
    expect(await rows()).toMatchObject([{ rollout: ARM }, { rollout: arm }]);
  });

  it('is null where nothing is rolled out', async () => {
    const one = await begin({ admitted: { arm: null } });
    await endCall(executions, claimOf(one), 1, answered('Hello'));
    expect(await rows()).toMatchObject([{ rollout: null }]);
  });
});
