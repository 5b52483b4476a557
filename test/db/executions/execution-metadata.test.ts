import type { ExecutionsRepository } from '../../../src/modules/executions/index.js';
import { listExecutions } from '../../../src/modules/executions/reads/list-executions.sql.js';
import type { Beginning } from '../../../src/modules/executions/record/index.js';
import { answered, failed } from '../../support/rows/call-outcomes.js';
import { endCall } from '../../support/rows/end-executions.js';
import { lapseLeases, emptyExecutions, emptyTables } from '../../support/rows/execution-rows.js';
import { type LedgerContext, openLedgerContext } from '../../support/database/ledger-context.js';
import { insertOneOfEach, type LedgerRows } from '../../support/rows/ledger-rows.js';
import { type BeginningOptions, beginningOf } from '../../support/worlds/record-world.js';

const METADATA = { plan: 'free', 'user.id': 'ü "4711"\n', '': '' };
const CALLBACK = { callbackUrl: 'https://receiver.test/' };

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
  context.connections.sent.length = 0;
});
afterAll(() => context.close());

interface Row {
  readonly execution_id: string;
  readonly status: string;
  readonly metadata: Readonly<Record<string, string>> | null;
}

async function rows(): Promise<Row[]> {
  const { rows: found } = await context.owner.query<Row>(
    'SELECT execution_id, status, metadata FROM executions_all ORDER BY execution_id',
  );
  return found;
}

/** Returns the pairs by execution, as lookups find them. */
async function pairs(): Promise<Record<string, Record<string, string>>> {
  const { rows: found } = await context.owner.query<{ id: string; pairs: Record<string, string> }>(
    `SELECT execution_id AS id, json_object_agg(key, value) AS pairs FROM execution_metadata
     WHERE project_id = $1 GROUP BY 1`,
    [context.projectId],
  );
  return Object.fromEntries(found.map(({ id, pairs: ofId }) => [id, ofId]));
}

async function begin({ admitted, ...options }: BeginningOptions = {}): Promise<Beginning> {
  const beginning = await beginningOf(context, ids, {
    ...options,
    admitted: { metadata: METADATA, ...admitted },
  });
  await executions.begin(beginning);
  return beginning;
}

const claimOf = ({ projectId, executionId }: Beginning) => ({ projectId, executionId, fence: 1 });

describe('the metadata of an execution', () => {
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
      'failed, and somebody is told',
      'failed',
      async () => {
        const one = await begin({ admitted: CALLBACK });
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
  ];

  it.each(ways)('that %s (%s) stands in its row and is found by each pair', async (_, status, make) => {
    const { executionId } = await make();
    expect(await rows()).toEqual([{ execution_id: executionId, status, metadata: METADATA }]);
    expect(await pairs()).toEqual({ [executionId]: METADATA });
  });

  it('is its own when its answer is that of another', async () => {
    const source = await begin();
    await endCall(executions, claimOf(source), 1, answered('Hello'));
    const metadata = { plan: 'paid' };
    const cached = await begin({
      status: 'succeeded',
      admitted: { metadata },
      more: { cachedFrom: source.executionId },
    });
    expect((await rows()).map((row) => row.metadata)).toEqual([METADATA, metadata]);
    expect(await pairs()).toEqual({ [source.executionId]: METADATA, [cached.executionId]: metadata });
  });

  it('is told to whoever is called back, and not a member where there is none', async () => {
    for (const metadata of [METADATA, null]) {
      const one = await begin({ admitted: { ...CALLBACK, metadata } });
      await endCall(executions, claimOf(one), 1, answered('Hello'));
    }
    const { rows: events } = await context.owner.query<{ data: Record<string, unknown> }>(
      `SELECT body -> 'event' -> 'data' AS data FROM outbox ORDER BY subject`,
    );
    const [told, silent] = events.map(({ data }) => data);
    expect(told).toEqual({
      ...silent,
      execution_id: told?.['execution_id'],
      created_at: told?.['created_at'],
      completed_at: told?.['completed_at'],
      metadata: METADATA,
    });
    expect(Object.keys(silent ?? {})).not.toContain('metadata');
  });

  it('is written once, though its beginning is sent again', async () => {
    const one = await beginningOf(context, ids, { admitted: { metadata: METADATA } });
    context.connections.loseAnswerOf('begin');
    await executions.begin(one);
    expect(context.connections.sent.filter((name) => name === 'begin')).toHaveLength(2);
    expect(await pairs()).toEqual({ [one.executionId]: METADATA });
  });

  it('is not written of what was not begun: a key that is taken, a prompt that has changed', async () => {
    const first = await begin({ key: 'taken' });
    const second = await beginningOf(context, ids, { key: 'taken', admitted: { metadata: METADATA } });
    expect(await executions.begin(second)).toBe('key_taken');
    const stale = await beginningOf(context, ids, {
      admitted: { metadata: METADATA, promptRevision: 4711 },
    });
    expect(await executions.begin(stale)).toBe('stale');
    expect(Object.keys(await pairs())).toEqual([first.executionId]);
  });

  it('costs what has none nothing: it begins by the plain statement, and has no pairs', async () => {
    await executions.begin(await beginningOf(context, ids));
    expect(context.connections.sent).toEqual(['begin-plain']);
    expect(await pairs()).toEqual({});
  });
});

describe('a list by metadata', () => {
  async function idsWith(metadata: Record<string, string>, more: object = {}): Promise<string[]> {
    const filter = { metadata, limit: 10, ...more };
    const statement = listExecutions(context.projectId, filter, 'e.execution_id AS id');
    const found = await context.scope.statement<{ id: string }>(context.projectId, statement);
    return found.map(({ id }) => id);
  }

  it('has what has all of its pairs, exactly, newest first, in flight or over', async () => {
    const each = [
      { plan: 'free', user: 'a' },
      { plan: 'free', user: 'b' },
      { plan: 'paid', user: 'a' },
      { plan: 'free', user: 'a', region: 'eu' },
      { plan: 'Free' },
      null,
    ];
    const begun: Beginning[] = [];
    for (const metadata of each) begun.push(await begin({ admitted: { metadata } }));
    for (const one of begun.slice(2)) await endCall(executions, claimOf(one), 1, answered('Hello'));
    const numbers = async (metadata: Record<string, string>, more: object = {}) =>
      (await idsWith(metadata, more)).map((id) => begun.findIndex(({ executionId }) => executionId === id));
    expect(await numbers({ plan: 'free' })).toEqual([3, 1, 0]);
    expect(await numbers({ user: 'a' })).toEqual([3, 2, 0]);
    expect(await numbers({ user: 'a', plan: 'free' })).toEqual([3, 0]);
    expect(await numbers({ user: 'a', plan: 'free', region: 'eu' })).toEqual([3]);
    expect(await numbers({ user: 'a', plan: 'free', region: 'us' })).toEqual([]);
    expect(await numbers({ plan: 'Free' })).toEqual([4]);
    expect(await numbers({ plan: 'fre' })).toEqual([]);
    expect(await numbers({ user: 'a' }, { status: 'succeeded' })).toEqual([3, 2]);
    expect(await numbers({ user: 'a' }, { status: 'running' })).toEqual([0]);
    expect(await numbers({ user: 'a' }, { correlationId: 'none' })).toEqual([]);
    expect(await numbers({ user: 'a' }, { beforeId: begun[3]?.executionId })).toEqual([2, 0]);
    expect(await numbers({ user: 'a' }, { limit: 1 })).toEqual([3]);
  });
});
