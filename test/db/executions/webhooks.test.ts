import type { ClaimedExecution, ExecutionsRepository } from '../../../src/modules/executions/index.js';
import { WebhookEventsRepository } from '../../../src/modules/webhooks/sending/webhook-events.repository.js';
import { answered } from '../../support/rows/call-outcomes.js';
import { cancelWithin, endCall, endExecution } from '../../support/rows/end-executions.js';
import {
  type ExecutionOptions,
  findPartition,
  insertExecution,
  emptyExecutions,
  emptyTables,
} from '../../support/rows/execution-rows.js';
import { type LedgerContext, openLedgerContext } from '../../support/database/ledger-context.js';
import { insertOneOfEach, type LedgerRows } from '../../support/rows/ledger-rows.js';

const LOWEST_ID = '00000000-0000-0000-0000-000000000000';
const ALL = { afterProject: LOWEST_ID, passedOver: [] };
const URL_OF_RECEIVER = 'https://hooks.example.com/done?token=1';
const ANY_WIRE_TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string;

interface EventRow {
  readonly project_id: string;
  readonly event_id: string;
  readonly kind: string;
  readonly subject: string;
  readonly body: Record<string, unknown>;
  readonly attempts: number;
  readonly outcome: string | null;
  readonly waits_s: number;
}

let context: LedgerContext;
let ids: LedgerRows;
let events: WebhookEventsRepository;
let executions: ExecutionsRepository;

beforeAll(async () => {
  context = await openLedgerContext();
  ids = await insertOneOfEach(context.owner, context.projectId);
  events = new WebhookEventsRepository(context.scope);
  executions = context.executions;
});
afterAll(() => context.close());
beforeEach(async () => {
  await emptyExecutions(context.owner);
  await emptyTables(context.owner, 'outbox', 'webhook_deliveries', 'batches', 'webhook_secrets');
});

async function rows(): Promise<EventRow[]> {
  const { rows: found } = await context.owner.query<EventRow>(
    `SELECT *, extract(epoch FROM due_at - now())::float AS waits_s FROM outbox ORDER BY event_id`,
  );
  return found;
}

const insertWithCallback = (options: ExecutionOptions = {}) =>
  insertExecution(context.owner, context.projectId, ids, { callbackUrl: URL_OF_RECEIVER, ...options });

const end = (executionId: string, status: 'succeeded' | 'failed' | 'canceled') =>
  endExecution(context, executions, executionId, status);

async function insertEvents(count: number, projectId = context.projectId): Promise<void> {
  await context.owner.query(
    `INSERT INTO outbox (project_id, kind, subject, due_at, body)
     SELECT $1, 'execution.succeeded', 's', now(), json_build_object('url', $2::text, 'event', '{"a": 1,  "b":2}'::json)
     FROM generate_series(1, $3::integer)`,
    [projectId, URL_OF_RECEIVER, count],
  );
}

const claim = (slots: number, more: Partial<Parameters<WebhookEventsRepository['claim']>[0]> = {}) =>
  events.claim({ slots, share: slots, busy: new Map(), leaseMs: 60_000, ...more });

describe('an execution that somebody waits for', () => {
  it.each(['succeeded', 'failed', 'canceled'] as const)('is announced when it is %s', async (status) => {
    const executionId = await insertWithCallback();
    await end(executionId, status);
    expect(await rows()).toMatchObject([
      {
        project_id: context.projectId,
        kind: `execution.${status}`,
        subject: executionId,
        attempts: 0,
        outcome: null,
        body: {
          url: URL_OF_RECEIVER,
          event: {
            type: `execution.${status}`,
            timestamp: ANY_WIRE_TIME,
            data: {
              execution_id: executionId,
              status,
              mode: 'async',
              prompt_name: 'greeting',
              version_number: 1,
              environment: 'dev',
              correlation_id: null,
              batch_id: null,
              error_type: status === 'failed' ? 'provider_error' : null,
              created_at: ANY_WIRE_TIME,
              completed_at: ANY_WIRE_TIME,
            },
          },
        },
      },
    ]);
  });

  it('is announced once, and not before it is final', async () => {
    const executionId = await insertWithCallback();
    const claim = async () => (await executions.claim(1, ALL))[0] as ClaimedExecution;
    await executions.release(await claim(), 0);
    const claimed = await claim();
    await executions.dispatch(claimed, 1, ids);
    expect(await rows()).toEqual([]);
    // When asked again, as after a lost answer, it is ended but not announced again.
    for (let time = 0; time < 2; time += 1)
      expect(await endCall(executions, claimed, 1, answered('Hello'))).toBe(true);
    expect(await rows()).toMatchObject([{ subject: executionId }]);
  });

  it('says nothing of what was said', async () => {
    const executionId = await insertWithCallback();
    await end(executionId, 'succeeded');
    const [event] = await rows();
    expect(Object.keys((event?.body['event'] as { data: object }).data).sort()).toEqual(
      `batch_id completed_at correlation_id created_at environment error_type execution_id mode prompt_name status
       version_number`.split(/\s+/),
    );
  });

  it('is not announced without a callback, or when the change is undone', async () => {
    await end(await insertExecution(context.owner, context.projectId, ids), 'succeeded');
    const undone = await insertWithCallback();
    const work = context.scope.transaction(context.projectId, async (tx) => {
      await cancelWithin(tx, context.projectId, undone);
      throw new Error('undone');
    });
    await expect(work).rejects.toThrow('undone');
    expect(await rows()).toEqual([]);
  });

  it('is announced by the sweep that ends it', async () => {
    const executionId = await insertWithCallback({ status: 'running', mode: 'sync', leaseInS: -1 });
    await context.scope.system('SELECT ledger_sweep_lapsed(10, 20, 0)');
    expect(await rows()).toMatchObject([{ kind: 'execution.failed', subject: executionId }]);
  });

  it('is announced from a partition that was made later', async () => {
    await context.scope.system('SELECT ledger_ensure_partitions(8)');
    const [made] = await context.scope.system<{ id: string }>(
      `SELECT ledger_uuid7_floor(now() + interval '7 weeks') AS id`,
    );
    const executionId = await insertWithCallback({ executionId: (made as { id: string }).id });
    await end(executionId, 'succeeded');
    expect(await findPartition(context.owner, executionId)).toMatch(/^execution_inputs_\d{8}$/);
    expect(await rows()).toMatchObject([{ subject: executionId }]);
  });
});

describe('a batch that somebody waits for', () => {
  async function insertBatch(callbackUrl: string | null, size: number): Promise<string[]> {
    const { rows: made } = await context.owner.query<{ batch_id: string }>(
      `INSERT INTO batches (project_id, prompt_id, version_id, model_id, environment, size, callback_url)
       VALUES ($1, $2, $3, $4, 'dev', $5, $6) RETURNING batch_id`,
      [context.projectId, ids.promptId, ids.versionId, ids.modelId, size, callbackUrl],
    );
    const [batch] = made as [{ batch_id: string }];
    const options = { batchId: batch.batch_id };
    const entries: string[] = [];
    while (entries.length < size)
      entries.push(await insertExecution(context.owner, context.projectId, ids, options));
    return [batch.batch_id, ...entries];
  }

  it('is announced once, when all of it is final, with the counts', async () => {
    const [batchId, ...entries] = (await insertBatch(URL_OF_RECEIVER, 4)) as [string, ...string[]];
    for (const [at, status] of (['succeeded', 'failed', 'canceled'] as const).entries()) {
      await end(entries[at] as string, status);
    }
    expect(await events.completeBatches(10)).toBe(0);
    await end(entries[3] as string, 'succeeded');
    const counts = await Promise.all(Array.from({ length: 8 }, () => events.completeBatches(10)));
    expect(counts.reduce((sum, count) => sum + count)).toBe(1);
    expect(await events.completeBatches(10)).toBe(0);
    expect(await rows()).toMatchObject([
      {
        kind: 'batch.completed',
        subject: batchId,
        body: {
          url: URL_OF_RECEIVER,
          event: {
            type: 'batch.completed',
            timestamp: ANY_WIRE_TIME,
            data: {
              batch_id: batchId,
              prompt_name: 'greeting',
              version_number: 1,
              environment: 'dev',
              size: 4,
              counts: { succeeded: 2, failed: 1, canceled: 1 },
              created_at: ANY_WIRE_TIME,
              completed_at: ANY_WIRE_TIME,
            },
          },
        },
      },
    ]);
  });

  it('is left alone when nobody waits for it', async () => {
    const [, execution] = await insertBatch(null, 1);
    await end(execution as string, 'succeeded');
    expect(await events.completeBatches(10)).toBe(0);
    expect(await rows()).toEqual([]);
  });
});

describe('a claim', () => {
  it('hands out an event with the very bytes that were written, and nobody else gets it', async () => {
    await insertEvents(1);
    const [event] = await claim(5);
    expect(event).toMatchObject({
      projectId: context.projectId,
      type: 'execution.succeeded',
      subject: 's',
      attempt: 1,
      url: URL_OF_RECEIVER,
      body: '{"a": 1,  "b":2}',
      salts: [],
      claimedAt: expect.any(Date) as Date,
    });
    expect(await claim(5)).toEqual([]);
    expect((await rows())[0]?.waits_s).toBeGreaterThan(30);
  });

  it('hands it out again when the lease is over', async () => {
    await insertEvents(1);
    const [first] = await claim(1, { leaseMs: 0 });
    const [second] = await claim(1);
    expect(second).toMatchObject({ eventId: first?.eventId, attempt: 2 });
  });

  it('gives each event to one of many that ask at once', async () => {
    await insertEvents(40);
    const taken: string[] = [];
    while (taken.length < 40) {
      const rounds = await Promise.all(Array.from({ length: 6 }, () => claim(5)));
      taken.push(...rounds.flat().map(({ eventId }) => eventId));
    }
    expect(new Set(taken).size).toBe(40);
  });

  it('takes turns between projects, and gives none more than its share', async () => {
    await insertEvents(50);
    await insertEvents(2, context.otherProjectId);
    const claimed = await claim(6);
    const greedy = claimed.filter(({ projectId }) => projectId === context.projectId);
    expect([claimed.length, greedy.length]).toEqual([6, 4]);
    const busy = new Map([[context.projectId, 4]]);
    expect(await claim(6, { share: 5, busy })).toHaveLength(1);
    expect(await claim(6, { share: 4, busy })).toEqual([]);
  });

  it('brings the salts that are good, newest first', async () => {
    await context.owner.query(
      `INSERT INTO webhook_secrets (project_id, salt, expires_at) VALUES
         ($1, decode(repeat('01', 16), 'hex'), now() - interval '1 second'),
         ($1, decode(repeat('02', 16), 'hex'), now() + interval '1 hour')`,
      [context.projectId],
    );
    await context.owner.query(
      `INSERT INTO webhook_secrets (project_id, salt) VALUES ($1, decode(repeat('03', 16), 'hex'))`,
      [context.projectId],
    );
    await insertEvents(1);
    const [event] = await claim(1);
    expect(event?.salts.map((salt) => salt[0])).toEqual([3, 2]);
  });

  it('leaves alone what is not to be delivered', async () => {
    await context.owner.query(
      `INSERT INTO outbox (project_id, kind, subject, body) VALUES ($1, 'k', 's', '{}')`,
      [context.otherProjectId],
    );
    expect(await claim(5)).toEqual([]);
  });
});

describe('a report', () => {
  const report = (eventId: string, more: Partial<Parameters<WebhookEventsRepository['report']>[0]>) =>
    events.report({
      projectId: context.projectId,
      eventId,
      attempt: 1,
      outcome: 'failed',
      responseStatus: 500,
      error: 'The receiver answered 500.',
      startedAt: new Date('2026-11-22T10:00:00Z'),
      durationMs: 12,
      waitMs: 300_000,
      ...more,
    });

  async function claimOne(leaseMs = 60_000): Promise<string> {
    await insertEvents(1);
    const [event] = await claim(1, { leaseMs });
    return (event as { eventId: string }).eventId;
  }

  async function attempts(): Promise<Record<string, unknown>[]> {
    const { rows: found } = await context.owner.query<Record<string, unknown>>(
      'SELECT attempt, outcome, response_status, error, started_at, duration_ms FROM webhook_deliveries ORDER BY attempt',
    );
    return found;
  }

  it('of a failure keeps it, and sets the next try', async () => {
    await report(await claimOne(), {});
    expect(await attempts()).toEqual([
      {
        attempt: 1,
        outcome: 'failed',
        response_status: 500,
        error: 'The receiver answered 500.',
        started_at: new Date('2026-11-22T10:00:00Z'),
        duration_ms: 12,
      },
    ]);
    const [event] = await rows();
    expect(event).toMatchObject({ attempts: 1, outcome: null, done_at: null });
    expect(event?.waits_s).toBeCloseTo(300, -1);
  });

  it('of a success, or of the last failure, ends it', async () => {
    await report(await claimOne(), { outcome: 'succeeded', error: null, waitMs: null });
    await report(await claimOne(), { waitMs: null });
    expect(await rows()).toMatchObject([
      { outcome: 'delivered', done_at: expect.any(Date) as Date },
      { outcome: 'failed', done_at: expect.any(Date) as Date },
    ]);
    expect(await claim(5)).toEqual([]);
  });

  it('that comes after the lease changes nothing when it is of a failure', async () => {
    const eventId = await claimOne(0);
    await claim(1);
    await report(eventId, { waitMs: null });
    expect(await rows()).toMatchObject([{ attempts: 2, outcome: null }]);
    expect(await attempts()).toHaveLength(1);
  });

  it('that comes after the lease ends it when it is of a success', async () => {
    const eventId = await claimOne(0);
    await claim(1);
    await report(eventId, { outcome: 'succeeded', waitMs: null });
    await report(eventId, { attempt: 2, waitMs: 1000 });
    expect(await rows()).toMatchObject([{ outcome: 'delivered' }]);
    expect(await attempts()).toMatchObject([
      { attempt: 1, outcome: 'succeeded' },
      { attempt: 2, outcome: 'failed' },
    ]);
  });

  it('is forgotten with its event, a while after that is done and never before', async () => {
    const done = await claimOne();
    await report(done, { outcome: 'succeeded', waitMs: null });
    await report(await claimOne(), {});
    await context.owner.query(`UPDATE outbox SET created_at = now() - interval '40 days'`);
    expect(await events.forget(30, 100)).toBe(0);
    await context.owner.query(`UPDATE outbox SET done_at = now() - interval '31 days' WHERE event_id = $1`, [
      done,
    ]);
    expect(await events.forget(30, 100)).toBe(1);
    expect((await rows()).map(({ event_id: eventId }) => eventId)).not.toContain(done);
    expect(await attempts()).toHaveLength(1);
  });
});
