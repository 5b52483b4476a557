import { ExecutionCountsRepository } from '../../../src/modules/analytics/counts/execution-counts.repository.js';
import type { Claim } from '../../../src/modules/executions/facts/claim.js';
import type { ExecutionsRepository } from '../../../src/modules/executions/index.js';
import { admittedFor } from '../../support/rows/admitted.js';
import { answered, failed } from '../../support/rows/call-outcomes.js';
import { cancelWithin, endCall } from '../../support/rows/end-executions.js';
import {
  type ExecutionOptions,
  insertAttempt,
  insertExecution,
  lapseLeases,
  takeOver,
  emptyExecutions,
  emptyTables,
} from '../../support/rows/execution-rows.js';
import { type LedgerContext, openLedgerContext } from '../../support/database/ledger-context.js';
import { insertOneOfEach, type LedgerRows } from '../../support/rows/ledger-rows.js';

const ALWAYS = { promptName: null, span: null };
const MOST = 1_000;

let context: LedgerContext;
let ids: LedgerRows;
let other: LedgerRows;
let counts: ExecutionCountsRepository;
let executions: ExecutionsRepository;

beforeAll(async () => {
  context = await openLedgerContext();
  ids = await insertOneOfEach(context.owner, context.projectId);
  other = await insertOneOfEach(context.owner, context.otherProjectId);
  counts = new ExecutionCountsRepository(context.scope);
  executions = context.executions;
});
afterAll(() => context.close());
beforeEach(clear);

async function clear(): Promise<void> {
  await emptyExecutions(context.owner);
  await emptyTables(context.owner, 'execution_deltas', 'execution_rollups');
}

const insert = (options: ExecutionOptions = {}) =>
  insertExecution(context.owner, context.projectId, ids, options);

/** Inserts an execution as its worker has it: claimed and dispatched. */
async function insertRunning(projectId = context.projectId, of = ids): Promise<Claim> {
  const options = { status: 'running', fence: 1, leaseInS: 60 } as const;
  const executionId = await insertExecution(context.owner, projectId, of, options);
  await insertAttempt(context.owner, projectId, executionId);
  return { projectId, executionId, fence: 1 };
}

async function total(projectId = context.projectId): Promise<number> {
  return (await counts.byMode(projectId, ALWAYS)).reduce((sum, { executions: count }) => sum + count, 0);
}

/** Counts by status, over rollups and deltas together. */
async function byStatus(): Promise<Record<string, number>> {
  const { rows } = await context.owner.query<{ status: string; executions: number }>(
    `SELECT status, sum(executions)::int AS executions FROM (
       SELECT status, executions FROM execution_rollups WHERE grain = 'all'
       UNION ALL SELECT status, executions FROM execution_deltas) AS counted GROUP BY status`,
  );
  return Object.fromEntries(rows.map(({ status, executions: count }) => [status, count]));
}

async function numberOf(table: string): Promise<number> {
  const { rows } = await context.owner.query<{ count: number }>(`SELECT count(*)::int FROM ${table}`);
  return (rows[0] as { count: number }).count;
}

describe('an execution is counted when', () => {
  it('its process reports that it succeeded or failed', async () => {
    await endCall(executions, await insertRunning(), 1, answered('Hello'));
    expect(await byStatus()).toEqual({ succeeded: 1 });
    await endCall(executions, await insertRunning(), 1, failed);
    expect(await byStatus()).toEqual({ succeeded: 1, failed: 1 });
    expect((await counts.byMode(context.projectId, ALWAYS)).find(({ mode }) => mode === 'full')).toEqual({
      mode: 'full',
      promptCount: 1,
      executions: 2,
      latencyCount: 1,
      latencySumMs: 12,
      promptTokens: 3,
      responseTokens: null,
    });
  });

  it('it is canceled', async () => {
    expect(await executions.cancel(context.projectId, await insert())).toBe(true);
    expect(await byStatus()).toEqual({ canceled: 1 });
  });

  it('a sweep ends it', async () => {
    await insert({ status: 'running', mode: 'sync', fence: 1, leaseInS: -60 });
    expect(await executions.sweepLapsed()).toHaveLength(1);
    expect(await byStatus()).toEqual({ failed: 1 });
  });

  it('it is final from the beginning', async () => {
    const [made] = await context.scope.system<{ id: string }>('SELECT ledger_uuid7() AS id');
    await executions.begin({
      executionId: (made as { id: string }).id,
      projectId: context.projectId,
      requestedBy: 'admin',
      keyId: null,
      mode: 'sync',
      status: 'failed',
      error: { type: 'provider_error', message: 'The circuit is open.' },
      createdAt: new Date(),
      admitted: admittedFor(ids),
    });
    expect(await byStatus()).toEqual({ failed: 1 });
  });
});

describe('an execution is not counted', () => {
  it('while it waits or runs, nor when it is to be tried again', async () => {
    await insert();
    await endCall(executions, await insertRunning(), 1, failed, { kind: 'queued', waitMs: 0 });
    expect(await total()).toBe(0);
  });

  it('by whoever has lost it', async () => {
    const claim = await insertRunning();
    await takeOver(context.owner, claim.executionId);
    expect(await endCall(executions, claim, 1, answered('late'))).toBe(false);
    expect(await total()).toBe(0);
  });

  it('a second time, when its process asks again whether it ended', async () => {
    const claim = await insertRunning();
    for (let time = 0; time < 2; time += 1) await endCall(executions, claim, 1, answered('Hello'));
    expect(await total()).toBe(1);
  });

  it('a second time, when its answer comes after it was given up', async () => {
    const claim = await insertRunning();
    await lapseLeases(context.owner);
    await context.owner.query(`UPDATE executions_in_flight SET on_unknown = 'fail'`);
    expect(await executions.sweepLapsed()).toHaveLength(1);
    expect(await endCall(executions, claim, 1, answered('late'))).toBe(false);
    expect(await byStatus()).toEqual({ failed: 1 });
  });

  it('when the transaction that ends it is rolled back', async () => {
    const executionId = await insert();
    await expect(
      context.scope.transaction(context.projectId, async (tx) => {
        await cancelWithin(tx, context.projectId, executionId);
        throw new Error('changed its mind');
      }),
    ).rejects.toThrow('changed its mind');
    expect(await total()).toBe(0);
  });

  it('in another project than its own, where one statement ends executions of both', async () => {
    const running = [await insertRunning()];
    while (running.length < 3) running.push(await insertRunning(context.otherProjectId, other));
    // The journal writes concurrent endings in one statement.
    await Promise.all(running.map((claim) => endCall(executions, claim, 1, answered('Hello'))));
    expect([await total(), await total(context.otherProjectId)]).toEqual([1, 2]);
    expect(await numberOf('execution_deltas')).toBe(2);
  });
});

describe('the fold', () => {
  async function cancelSome(count: number): Promise<void> {
    for (let made = 0; made < count; made += 1) {
      await executions.cancel(context.projectId, await insert());
    }
  }

  it('moves as many deltas as it may, and changes no count', async () => {
    await cancelSome(5);
    expect(await counts.fold(3)).toBe(3);
    expect([await total(), await numberOf('execution_deltas')]).toEqual([5, 2]);
    expect(await counts.fold(3)).toBe(2);
    expect([await total(), await numberOf('execution_deltas')]).toEqual([5, 0]);
    expect(await counts.fold(3)).toBe(0);
  });

  it('leaves a row for the hour, the day and all time, and adds to those that are there', async () => {
    for (let round = 0; round < 2; round += 1) {
      await cancelSome(2);
      await counts.fold(MOST);
    }
    // There are two when the hour turns during the test.
    const { rows } = await context.owner.query<{ grain: string; executions: number }>(
      'SELECT grain, sum(executions)::int AS executions FROM execution_rollups GROUP BY grain ORDER BY grain',
    );
    expect(rows).toEqual(['all', 'day', 'hour'].map((grain) => ({ grain, executions: 4 })));
    expect(await numberOf(`execution_rollups WHERE grain = 'all'`)).toBe(1);
  });

  it('is seen by no reader, however many write and fold at once', async () => {
    const confirmed = { executions: 0 };
    let isOver = false;
    const waiting: string[] = [];
    for (let count = 0; count < 120; count += 1) waiting.push(await insert());
    const write = async () => {
      for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
        await executions.cancel(context.projectId, id);
        confirmed.executions += 1;
      }
    };
    const fold = async () => {
      while (!isOver) await counts.fold(7);
    };
    const read = async () => {
      while (!isOver) {
        const before = confirmed.executions;
        const seen = await total();
        const byVersion = (await counts.byVersion(context.projectId, ids.promptId)).get(ids.versionId) ?? 0;
        expect(seen).toBeGreaterThanOrEqual(before);
        expect(byVersion).toBeGreaterThanOrEqual(seen);
      }
    };
    const others = [fold(), fold(), read(), read()];
    await Promise.all([write(), write(), write()]).finally(() => (isOver = true));
    await Promise.all(others);
    expect(await total()).toBe(120);
    while ((await counts.fold(MOST)) > 0);
    expect([await total(), await numberOf('execution_deltas')]).toEqual([120, 0]);
  });
});

describe('counts of a prompt', () => {
  it('are those of each of its versions, and of no other prompt', async () => {
    const { rows } = await context.owner.query<{ version_id: string }>(
      `INSERT INTO prompt_versions (project_id, prompt_id, version_number, template_source, checksum_hash, renderer, variables)
       VALUES ($1, $2, 2, 'Hi', repeat('b', 64), 'liquid-1', '{}') RETURNING version_id`,
      [context.projectId, ids.promptId],
    );
    const second = (rows[0] as { version_id: string }).version_id;
    expect(await counts.byVersion(context.projectId, ids.promptId)).toEqual(new Map());
    const cancelOf = async (versionId: string) => {
      const executionId = await insertExecution(context.owner, context.projectId, { ...ids, versionId });
      await executions.cancel(context.projectId, executionId);
    };
    await cancelOf(ids.versionId);
    await cancelOf(second);
    await counts.fold(MOST);
    await cancelOf(second);
    const expected = new Map([
      [ids.versionId, 1],
      [second, 2],
    ]);
    expect(await counts.byVersion(context.projectId, ids.promptId)).toEqual(expected);
    expect(await counts.byVersion(context.projectId, other.promptId)).toEqual(new Map());
    expect(await counts.byVersion(context.otherProjectId, ids.promptId)).toEqual(new Map());
  });
});
