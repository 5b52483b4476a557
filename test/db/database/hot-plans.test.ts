import { randomUUID } from 'node:crypto';
import type { DatabaseClock } from '../../../src/infra/database/index.js';
import { Metrics } from '../../../src/infra/metrics/index.js';
import { SystemClock } from '../../../src/kernel/index.js';
import {
  type BatchRecord,
  BatchesRepository,
} from '../../../src/modules/executions/batches/batches.repository.js';
import type { Claim } from '../../../src/modules/executions/facts/claim.js';
import { ExecutionsRepository } from '../../../src/modules/executions/index.js';
import { QueueSegments, SEGMENT_SIZE } from '../../../src/modules/executions/queue/queue-segments.js';
import { ExecutionReadsRepository } from '../../../src/modules/executions/reads/execution-reads.repository.js';
import { findBegun } from '../../../src/modules/executions/record/begin.js';
import { ANY_TIME } from '../../../src/modules/executions/record/count-queued.js';
import type { Next } from '../../../src/modules/executions/record/end.js';
import { answered, failed } from '../../support/rows/call-outcomes.js';
import { endCall } from '../../support/rows/end-executions.js';
import {
  insertLargeLedger,
  insertPrompts,
  insertWaiting,
  WAITING_ROWS,
} from '../../support/worlds/large-ledger.js';
import { type LedgerContext, openLedgerContext } from '../../support/database/ledger-context.js';
import { MeasuredConnection } from '../../support/database/measured-connection.js';
import { type BeginningOptions, beginningOf, type LedgerIds } from '../../support/worlds/record-world.js';

const LOWEST_ID = '00000000-0000-0000-0000-000000000000';
const ALL = { afterProject: LOWEST_ID, passedOver: [] };
const BOUND = { inputPicoUsd: 2n, outputPicoUsd: 1n, responseTokens: 8 };

/**
 * Pages that a statement may access: a fixed number, and one for each row of its batch, whose tables have up to ten
 * indexes of a few levels. A statement that reads everything that waits, or a partition, accesses thousands.
 */
const PAGES = 250;
const PAGES_A_ROW = 100;
/** A claim looks at each project, which costs some three pages. There are up to 200 here. */
const PROJECTS = 6;
/**
 * An entry of a queue slice costs at most one page of the table, when that page is not known to be all-visible. How
 * many are depends on the server's version. A read of dead entries accesses ten times as many.
 */
const SLICE = SEGMENT_SIZE / PAGES_A_ROW;
/** Postgres may read all of a small table, such as that of budgets. */
const SCANNED_ROWS = 100;

let context: LedgerContext;
let prompts: LedgerIds[];
let ids: LedgerIds;
/** The ids of the other project, which has a budget. */
let other: LedgerIds;
/** A connection whose plans were made while the tables were empty, like any that a fresh ledger has opened. */
let early: MeasuredConnection;

beforeAll(async () => {
  context = await openLedgerContext();
  early = await MeasuredConnection.open(context.url);
  prompts = await insertPrompts(context.owner, context.projectId);
  ids = prompts[0] as LedgerIds;
  [other] = (await insertPrompts(context.owner, context.otherProjectId)) as [LedgerIds];
  await planEarly();
  await insertLargeLedger(context, prompts);
  await insertWaiting(context.owner, context.projectId, ids);
  await context.owner.query(
    `INSERT INTO budgets (project_id, name, scope_kind, period, limit_pico_usd, mode) VALUES ($1, 'b', 'project', 'total', 1e12, 'hard')`,
    [context.otherProjectId],
  );
}, 300_000);
afterAll(async () => {
  await early.close();
  await context.close();
}, 60_000);

/** Opens a process of its own over the connection. Its clock is only asked whether a minute has passed. */
function openExecutions(connection: MeasuredConnection): ExecutionsRepository {
  const databaseClock = { nowMs: () => Date.now() } as DatabaseClock;
  return new ExecutionsRepository(
    connection.asScope(),
    connection.asConnections(),
    context.config,
    databaseClock,
    new SystemClock(),
    new Metrics(),
  );
}

/** A named statement gets its lasting plan after five uses. */
async function planEarly(): Promise<void> {
  const executions = openExecutions(early);
  await early.rehearseAll();
  const claim = { projectId: context.projectId, executionId: LOWEST_ID, fence: 1 };
  for (let time = 0; time < 7; time += 1) await useNamed(executions, early, [claim]);
}

async function useNamed(
  executions: ExecutionsRepository,
  connection: MeasuredConnection,
  claims: readonly Claim[],
): Promise<void> {
  const [first] = claims as [Claim];
  await executions.renew(claims);
  await executions.cancel(first.projectId, LOWEST_ID);
  await executions.release(first, 1000);
  await executions.holdAgain(first, 2, BOUND, true);
  await findBegun(
    connection.asScope(),
    claims.map(({ projectId, executionId }) => ({ project_id: projectId, execution_id: executionId })),
  );
  await executions.countQueued(first.projectId, { after: { dueAt: ANY_TIME }, upto: null, most: 100 });
  const reads = new ExecutionReadsRepository(connection.asScope());
  await reads.find(first.projectId, first.executionId);
  await reads.findStatus(first.projectId, first.executionId);
  await reads.findFinal(claims);
  await countBatch(connection, { batchId: randomUUID(), createdAt: new Date() });
}

async function countBatch(
  connection: MeasuredConnection,
  batch: Pick<BatchRecord, 'batchId' | 'createdAt'>,
): Promise<Date | null> {
  const batches = new BatchesRepository(connection.asScope(), context.config);
  return (await batches.progress(context.projectId, batch as BatchRecord)).lastCompletedAt;
}

/** Expects a bounded cost, whichever statements are sent. */
async function expectFew(
  connection: MeasuredConnection,
  rows: number,
  work: () => Promise<unknown>,
): Promise<void> {
  connection.measures.length = 0;
  await work();
  expect(connection.measures).not.toEqual([]);
  const tooMany = connection.measures.filter(
    ({ pages, scannedRows }) => pages > PAGES + PAGES_A_ROW * rows || scannedRows > SCANNED_ROWS,
  );
  expect(tooMany).toEqual([]);
}

async function countWaiting(): Promise<number> {
  const { rows } = await context.owner.query<{ waiting: number }>(
    `SELECT count(*)::integer AS waiting FROM executions_in_flight WHERE status = 'queued' AND project_id = $1`,
    [context.projectId],
  );
  return rows[0]?.waiting ?? 0;
}

/** Vacuums the dead rows that the update leaves behind. */
async function moveDueTimes(by: string): Promise<void> {
  await context.owner.query(
    `UPDATE executions_in_flight SET due_at = due_at + $1::interval WHERE status = 'queued'`,
    [by],
  );
  await context.owner.query('VACUUM executions_in_flight');
}

/** Begins one execution in each project. */
async function beginInManyProjects(): Promise<Claim[]> {
  const { rows } = await context.owner.query<LedgerIds & { projectId: string }>(
    `WITH project AS (
       INSERT INTO projects (name) SELECT gen_random_uuid() FROM generate_series(1, 64) RETURNING project_id
     ), model AS (
       INSERT INTO models (project_id, provider, model_name) SELECT project_id, 'echo', 'echo' FROM project RETURNING project_id, model_id
     )
     SELECT project_id AS "projectId", model_id AS "modelId" FROM model`,
  );
  const all = await Promise.all(
    rows.map((row) => beginningOf(context, row, { projectId: row.projectId, admitted: { prompt: null } })),
  );
  await Promise.all(all.map((each) => context.executions.begin(each)));
  return all.map(({ projectId, executionId }) => ({ projectId, executionId, fence: 1 }));
}

const STATES: [string, () => Promise<MeasuredConnection>][] = [
  ['planned while the tables were empty, without statistics', () => Promise.resolve(early)],
  [
    'planned now, without statistics',
    async () => {
      const late = await MeasuredConnection.open(context.url);
      openExecutions(late);
      await late.rehearseAll();
      return late;
    },
  ],
  [
    'planned anew, with statistics',
    async () => {
      await context.owner.query('ANALYZE');
      return early;
    },
  ],
];

describe.each(STATES)('statements that were %s', (_, open) => {
  let connection: MeasuredConnection;
  let executions: ExecutionsRepository;

  beforeAll(async () => {
    connection = await open();
    executions = openExecutions(connection);
  }, 120_000);
  afterAll(async () => {
    if (connection !== early) await connection.close();
  });

  async function begin(
    count: number,
    { isKeyed = false, ...options }: BeginningOptions & { readonly isKeyed?: boolean } = {},
  ): Promise<Claim[]> {
    const of = options.projectId === undefined ? ids : other;
    const all = await Promise.all(
      Array.from({ length: count }, () =>
        beginningOf(context, of, isKeyed ? { ...options, key: randomUUID() } : options),
      ),
    );
    await expectFew(connection, count, () => Promise.all(all.map((each) => executions.begin(each))));
    return all.map(({ projectId, executionId }) => ({ projectId, executionId, fence: 1 }));
  }

  const end = (claims: readonly Claim[], attempt: number, next?: Next) =>
    expectFew(connection, claims.length, () =>
      Promise.all(
        claims.map((claim) =>
          endCall(executions, claim, attempt, next === undefined ? answered('Hello') : failed, next),
        ),
      ),
    );

  it.each([1, 16, 64])('begin and end %d plain ones', async (count) => {
    const claims = (await begin(count)).map((claim) => ({ ...claim, mayHaveDuties: false }));
    await end(claims, 1);
    expect(connection.measures.map(({ name }) => name)).toEqual(['ledger_end_plain']);
  });

  it.each([1, 16])('begin and end %d with a key, a callback and a budget, and ask again', async (count) => {
    const { otherProjectId: projectId } = context;
    const admitted = { callbackUrl: 'https://hooks.example.com/', bound: BOUND };
    const claims = await begin(count, { projectId, isKeyed: true, admitted });
    const ids = other;
    await end(claims, 1, { kind: 'running', model: { ...ids, provider: 'echo', modelName: 'echo' } });
    await end(claims, 2);
    // A repeated ending, which comes too late to change anything.
    await end(claims, 2);
    expect(connection.measures.map(({ name }) => name)).toEqual(['ledger_end', 'ledger_record_late']);
  });

  it.each([1, 16])('begin and end %d with metadata, which are plain otherwise', async (count) => {
    const admitted = { metadata: { plan: 'free', user: randomUUID() } };
    const claims = (await begin(count, { admitted })).map((claim) => ({ ...claim, mayHaveDuties: false }));
    await end(claims, 1);
    expect(connection.measures.map(({ name }) => name)).toEqual(['ledger_end_plain']);
  });

  it('begin what is over at once', async () => {
    const [source] = (await begin(1)) as [Claim];
    await end([source], 1);
    await begin(16, { status: 'succeeded', more: { cachedFrom: source.executionId } });
    await begin(16, { status: 'failed', more: { error: { type: 'timeout', message: 'no' } } });
  });

  it(`claim, call and queue again, of ${WAITING_ROWS} that wait`, async () => {
    const taken: Claim[] = [];
    await expectFew(connection, 16, async () => taken.push(...(await executions.claim(16, ALL))));
    expect(taken).toHaveLength(16);
    await expectFew(connection, 16, () =>
      Promise.all(taken.map((claim) => executions.dispatch(claim, 1, ids))),
    );
    await end(taken, 1, { kind: 'queued', waitMs: 3_600_000 });
  });

  it('claim nothing, of as many that are not due yet', async () => {
    await moveDueTimes('1 day');
    try {
      const process = openExecutions(connection);
      await expectFew(connection, PROJECTS, async () => expect(await process.claim(16, ALL)).toEqual([]));
    } finally {
      await moveDueTimes('-1 day');
    }
  });

  it('claim past what was claimed before, though an old snapshot keeps the dead rows', async () => {
    const reader = await MeasuredConnection.open(context.url);
    await reader.client.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
    await reader.client.query('SELECT FROM projects');
    // Everything is due tomorrow, which leaves the same dead rows as claims do.
    await context.owner.query(
      `UPDATE executions_in_flight SET due_at = due_at + interval '1 day' WHERE status = 'queued'`,
    );
    try {
      const process = openExecutions(connection);
      await process.claim(16, ALL);
      await expectFew(connection, PROJECTS, async () => expect(await process.claim(16, ALL)).toEqual([]));
    } finally {
      await reader.close();
      await moveDueTimes('-1 day');
    }
  });

  it('sweep when nothing has lapsed, and when something has', async () => {
    await expectFew(connection, 1, () => executions.sweepLapsed());
    const claims = await begin(16);
    await context.owner.query(
      `UPDATE executions_in_flight SET lease_until = now() - interval '1 minute' WHERE execution_id = ANY ($1)`,
      [claims.map(({ executionId }) => executionId)],
    );
    await expectFew(connection, 16, async () => expect(await executions.sweepLapsed()).toHaveLength(16));
    // These answers are late.
    await end(claims, 1);
  });

  it(`count segments of a queue of ${WAITING_ROWS}, wherever they lie, and the whole of it slice by slice`, async () => {
    const { projectId } = context;
    const segments = new QueueSegments(
      (slice) => executions.countQueued(projectId, slice),
      10 * WAITING_ROWS,
    );
    await expectFew(connection, SLICE, () => segments.countAll(Date.now()));
    expect(segments.queued).toBe(await countWaiting());
    const statements = connection.measures.length;
    await expectFew(connection, SLICE, () => segments.refresh(Date.now()));
    expect(connection.measures.length).toBeLessThan(statements / 4);
    await expectFew(connection, 1, () =>
      executions.countQueued(projectId, { after: { dueAt: ANY_TIME }, upto: null, most: 100 }),
    );
  });

  it('count from their floor on, though an old snapshot keeps the dead rows', async () => {
    const reader = await MeasuredConnection.open(context.url);
    await reader.client.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
    await reader.client.query('SELECT FROM projects');
    await context.owner.query(
      `UPDATE executions_in_flight SET due_at = due_at + interval '1 day' WHERE status = 'queued'`,
    );
    const { projectId } = context;
    const segments = new QueueSegments((slice) => executions.countQueued(projectId, slice), WAITING_ROWS);
    try {
      await segments.countAll(Date.now());
      await expectFew(connection, SLICE, () => segments.refresh(Date.now()));
    } finally {
      await reader.close();
      await moveDueTimes('-1 day');
    }
  });

  it('renew of many projects', async () => {
    const claims = await beginInManyProjects();
    await expectFew(connection, claims.length, async () =>
      expect(await executions.renew(claims)).toEqual([]),
    );
    await end(
      claims.map((claim) => ({ ...claim, mayHaveDuties: false })),
      1,
    );
  });

  it('renew, release, look for, read and cancel', async () => {
    const claims = await begin(64);
    await expectFew(connection, 64, () => useNamed(executions, connection, claims));
    await end(claims, 1);
  });

  it('read what is over', async () => {
    const claims = await begin(1);
    await end(claims, 1);
    const [{ projectId, executionId }] = claims as [Claim];
    const reads = new ExecutionReadsRepository(connection.asScope());
    await expectFew(connection, 1, async () => {
      expect(await reads.find(projectId, executionId)).toMatchObject({ record: { responseText: 'Hello' } });
      expect(await reads.findStatus(projectId, executionId)).toBe('succeeded');
      expect(await reads.findFinal(claims)).toEqual([executionId]);
    });
    const { rows } = await context.owner.query<{ batchId: string; createdAt: Date }>(
      `SELECT batch_id AS "batchId", created_at AS "createdAt" FROM executions WHERE batch_id IS NOT NULL LIMIT 1`,
    );
    const [batch] = rows as [(typeof rows)[0]];
    await expectFew(connection, 1, async () =>
      expect(await countBatch(connection, batch)).toBeInstanceOf(Date),
    );
  });
});
