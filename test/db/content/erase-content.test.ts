import { Client } from 'pg';
import { Metrics } from '../../../src/infra/metrics/index.js';
import { systemActor, AuditService } from '../../../src/modules/audit/index.js';
import {
  ContentErasureRepository,
  ContentErasureService,
} from '../../../src/modules/executions/erasure/index.js';
import type { Beginning } from '../../../src/modules/executions/record/index.js';
import { answered, failed } from '../../support/rows/call-outcomes.js';
import { endCall } from '../../support/rows/end-executions.js';
import { lapseLeases, emptyExecutions, emptyTables } from '../../support/rows/execution-rows.js';
import { findInDatabase } from '../../support/database/find-in-database.js';
import { type LedgerContext, openLedgerContext } from '../../support/database/ledger-context.js';
import { insertOneOfEach, type LedgerRows } from '../../support/rows/ledger-rows.js';
import {
  AppConnection,
  type BeginningOptions,
  beginningOf,
  endingOf,
  untilBlocked,
} from '../../support/worlds/record-world.js';

const CANARY = 'canary-4711';
/** Puts content in every place that a request has for it. */
const ADMITTED = {
  variablesJson: `{"text": "${CANARY}"}`,
  rendered: { kind: 'text', text: `Hello ${CANARY}` },
  params: { stop: [CANARY], seed: 7 },
  metadata: { customer: CANARY, plan: 'free' },
  extras: { vendorParams: { user: CANARY, reasoning_effort: 'low' } },
  callbackUrl: 'https://receiver.test/',
} satisfies BeginningOptions['admitted'];
const ANSWER = answered(`Hello ${CANARY}`);

let context: LedgerContext;
let ids: LedgerRows;
let contents: ContentErasureService;

beforeAll(async () => {
  context = await openLedgerContext();
  ids = await insertOneOfEach(context.owner, context.projectId);
  contents = new ContentErasureService(
    context.scope,
    new ContentErasureRepository(),
    new AuditService(),
    new Metrics(),
  );
});
beforeEach(async () => {
  await emptyExecutions(context.owner);
  await emptyTables(context.owner, 'idempotency_keys', 'response_cache', 'outbox', 'audit_log');
});
afterAll(() => context.close());

async function begin({ admitted, ...options }: BeginningOptions = {}): Promise<Beginning> {
  const beginning = await beginningOf(context, ids, { ...options, admitted: { ...ADMITTED, ...admitted } });
  await context.executions.begin(beginning);
  return beginning;
}

const claimOf = ({ projectId, executionId }: Beginning) => ({ projectId, executionId, fence: 1 });

/** Makes an ended execution whose answer is also stored with its key. */
async function run(options: BeginningOptions = {}): Promise<Beginning> {
  const one = await begin({ key: 'k', ...options });
  const answer = { status: 200, headers: {}, body: `{"response_text": "Hello ${CANARY}"}` };
  const key = one.key ?? undefined;
  await endCall(context.executions, claimOf(one), 1, withUsage(), {
    kind: 'final',
    ...(key === undefined ? {} : { key, answer }),
  });
  return one;
}

/** Returns an answer that an external adapter might give, with texts in its usage. */
function withUsage(): typeof ANSWER {
  if (!ANSWER.succeeded) throw new Error('it is an answer');
  const { completion } = ANSWER;
  const raw = { total_tokens: 3, details: { cached: 1, note: CANARY }, tier: CANARY, nul: 'a\0b' };
  const toolCalls = [{ id: 'c', name: 'look', arguments: `{"q": "${CANARY}"}` }];
  return { succeeded: true, completion: { ...completion, toolCalls, usage: { ...completion.usage, raw } } };
}

const erase = (executionId: string, projectId = context.projectId) =>
  contents.erase(systemActor(projectId), executionId);
const search = () => findInDatabase(context.owner, [CANARY]);

type Row = Record<string, unknown>;

/** Returns the rows of this execution in each table. */
async function rowsOf(tables: readonly string[], executionId: string): Promise<Row[]> {
  const rows: Row[] = [];
  for (const table of tables) rows.push(await rowOf(table, executionId));
  return rows;
}

async function rowOf(table: string, executionId: string): Promise<Row> {
  const { rows } = await context.owner.query<Row>(`SELECT * FROM ${table} WHERE execution_id = $1`, [
    executionId,
  ]);
  return rows[0] ?? {};
}

describe('erasing the content of an execution', () => {
  it('leaves nothing of it in any column of any table', async () => {
    const one = await run();
    await context.owner.query(
      `INSERT INTO response_cache (project_id, cache_key, execution_id, expires_at) VALUES ($1, '\\x01', $2, now() + interval '1 day')`,
      [one.projectId, one.executionId],
    );
    // Otherwise this test could not fail.
    expect((await search()).length).toBeGreaterThan(7);
    await erase(one.executionId);
    expect(await search()).toEqual([]);
    expect((await context.owner.query('SELECT FROM response_cache')).rowCount).toBe(0);
  });

  it('leaves its facts, costs and counts as they were', async () => {
    const one = await run();
    const facts = ['executions', 'execution_attempts', 'execution_outputs'];
    const before = await rowsOf(facts, one.executionId);
    const counts = 'SELECT * FROM execution_deltas ORDER BY delta_id';
    const counted = (await context.owner.query(counts)).rows;
    await erase(one.executionId);
    const after = await rowsOf(facts, one.executionId);
    const usage = { total_tokens: 3, details: { cached: 1 } };
    const [execution, attempt, output] = before;
    expect(after).toEqual([
      {
        ...execution,
        content_erased_at: expect.any(Date) as Date,
        metadata: null,
        further_params: '{"seed":7,"vendor_params":{"reasoning_effort":"low"}}',
      },
      // Postgres cannot read a NUL in an escape. The counts have their own columns.
      { ...attempt, usage: null },
      { ...output, response_text: '', response_sha256: '', tool_calls: null, usage: null },
    ]);
    expect((await context.owner.query(counts)).rows).toEqual(counted);
    const { rows } = await context.owner.query<{ kept: unknown }>('SELECT ledger_keep_numbers($1) AS kept', [
      JSON.stringify({ ...usage, tier: CANARY, [`${CANARY} `]: 1, list: [CANARY], more: { note: CANARY } }),
    ]);
    expect(rows).toEqual([{ kept: { ...usage, more: {} } }]);
  });

  it('strips the metadata from what is told of it, and nothing else', async () => {
    const one = await run();
    const told = async () =>
      (await context.owner.query<{ body: { event: { data: object } } }>('SELECT body FROM outbox')).rows[0]
        ?.body;
    const { metadata: _, ...data } = (await told())?.event.data as { metadata: unknown };
    await erase(one.executionId);
    const after = await told();
    expect(after).toMatchObject({ url: ADMITTED.callbackUrl, event: { type: 'execution.succeeded', data } });
    expect(Object.keys(after?.event.data ?? {})).toEqual(Object.keys(data));
  });

  it('is of one execution, and of no neighbour', async () => {
    const one = await run();
    const other = await run({ key: 'another' });
    const tables = ['executions', 'execution_inputs', 'execution_outputs', 'idempotency_keys'];
    const before = await rowsOf(tables, other.executionId);
    await erase(one.executionId);
    expect(await rowsOf(tables, other.executionId)).toEqual(before);
  });

  it.each<[string, () => Promise<Beginning>]>([
    [
      'failed',
      async () => {
        const one = await begin();
        const failure = failed.succeeded
          ? failed
          : { ...failed, failure: { ...failed.failure, message: CANARY } };
        await endCall(context.executions, claimOf(one), 1, failure);
        return one;
      },
    ],
    [
      'was refused before any call',
      () => begin({ status: 'failed', more: { error: { type: 'internal', message: CANARY } } }),
    ],
    [
      'was canceled',
      async () => {
        const one = await begin({ status: 'queued' });
        await context.executions.cancel(one.projectId, one.executionId);
        return one;
      },
    ],
    [
      'was sent as messages',
      () => run({ admitted: { rendered: { kind: 'chat', messages: [{ role: 'user', content: CANARY }] } } }),
    ],
    [
      'has neither key nor callback',
      () => run({ more: { key: null }, admitted: { callbackUrl: null, metadata: null } }),
    ],
  ])('works for one that %s', async (_what, make) => {
    const one = await make();
    expect(await search()).not.toEqual([]);
    await erase(one.executionId);
    expect(await search()).toEqual([]);
  });

  it('is audited once, and a second time changes nothing', async () => {
    const one = await run();
    await erase(one.executionId);
    const first = await rowOf('executions', one.executionId);
    await erase(one.executionId);
    expect(await rowOf('executions', one.executionId)).toEqual(first);
    const { rows } = await context.owner.query('SELECT action, subject FROM audit_log');
    expect(rows).toEqual([{ action: 'execution.erase_content', subject: `execution/${one.executionId}` }]);
  });

  it('is refused of what is in flight, and of what the project does not have', async () => {
    const waiting = await begin({ status: 'queued' });
    await expect(erase(waiting.executionId)).rejects.toMatchObject({
      code: 'EXECUTION_NOT_FINAL',
      status: 409,
    });
    await expect(erase('01900000-0000-7000-8000-000000000000')).rejects.toMatchObject({
      code: 'EXECUTION_NOT_FOUND',
    });
    const one = await run();
    await expect(erase(one.executionId, context.otherProjectId)).rejects.toMatchObject({
      code: 'EXECUTION_NOT_FOUND',
    });
    expect(await search()).not.toEqual([]);
  });
});

describe('the application', () => {
  let app: Client;

  beforeAll(async () => {
    app = new Client({ connectionString: context.url, options: '-c role=prompt_ledger_app' });
    await app.connect();
  });
  afterAll(() => app.end());

  it.each([
    'UPDATE executions SET content_erased_at = NULL',
    `UPDATE executions SET content_erased_at = now()`,
    `UPDATE execution_inputs SET variables_json = 'null'`,
    'DELETE FROM execution_metadata',
    `SELECT ledger_erase_rows('01900000-0000-7000-8000-000000000000', '{}')`,
    `SELECT ledger_erase_of_2_executions('01900000-0000-7000-8000-000000000000', '{}')`,
  ])('cannot say %s: erasure has one door', async (statement) => {
    await expect(app.query(statement)).rejects.toThrow('permission denied');
  });

  it('erases nothing of a project that its transaction is not for', async () => {
    const one = await run();
    await app.query('BEGIN');
    await app.query(`SELECT set_config('app.project_ids', $1, true)`, [`{${context.otherProjectId}}`]);
    const { rows } = await app.query('SELECT state FROM ledger_erase_content($1, $2)', [
      one.projectId,
      one.executionId,
    ]);
    await app.query('COMMIT');
    expect(rows).toEqual([{ state: 'absent' }]);
    expect((await rowOf('executions', one.executionId))['content_erased_at']).toBeNull();
  });
});

describe('a result that comes late', () => {
  /** Makes an execution whose process is taken for lost. */
  async function lose(): Promise<Beginning> {
    const one = await begin({ admitted: { maxAttempts: 1 } });
    await lapseLeases(context.owner);
    await context.executions.sweepLapsed();
    return one;
  }

  it('does not bring the content back, and its tokens count', async () => {
    const one = await lose();
    await erase(one.executionId);
    expect(await endCall(context.executions, claimOf(one), 1, withUsage())).toBe(false);
    expect(await search()).toEqual([]);
    const { rows } = await context.owner.query(
      'SELECT late, prompt_tokens FROM execution_attempts WHERE late',
    );
    expect(rows).toEqual([{ late: true, prompt_tokens: 3 }]);
  });

  it('is erased with the rest when it came before', async () => {
    const one = await lose();
    await endCall(context.executions, claimOf(one), 1, withUsage());
    expect(await search()).not.toEqual([]);
    await erase(one.executionId);
    expect(await search()).toEqual([]);
  });

  it('waits for an erasure that is under way, and is waited for', async () => {
    const one = await lose();
    const [late, erasing] = await Promise.all([AppConnection.open(context), AppConnection.open(context)]);
    await late.beginTransaction(one.projectId);
    await late.end('ledger_record_late', [endingOf(claimOf(one), withUsage())]);
    await erasing.beginTransaction(one.projectId);
    const erased = erasing.query('SELECT state FROM ledger_erase_content($1, $2)', [
      one.projectId,
      one.executionId,
    ]);
    await untilBlocked(context);
    await late.commit();
    expect(await erased).toEqual([{ state: 'erased' }]);
    await erasing.commit();
    expect(await search()).toEqual([]);
    await Promise.all([late.close(), erasing.close()]);
  });
});

describe('an answer that was found in the cache', () => {
  it('is stale once its execution is erased', async () => {
    const one = await run();
    await erase(one.executionId);
    const again = await beginningOf(context, ids, {
      status: 'succeeded',
      more: { cachedFrom: one.executionId },
    });
    expect(await context.executions.begin(again)).toBe('stale');
    expect(await rowOf('execution_inputs', again.executionId)).toEqual({});
  });
});
