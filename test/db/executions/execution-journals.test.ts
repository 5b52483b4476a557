import { randomBytes } from 'node:crypto';
import type { ExecutionsRepository } from '../../../src/modules/executions/index.js';
import type { Beginning, Next } from '../../../src/modules/executions/record/index.js';
import { IdempotencyRepository } from '../../../src/modules/executions/idempotency/index.js';
import { admittedFor, begunAs } from '../../support/rows/admitted.js';
import { answered, failed } from '../../support/rows/call-outcomes.js';
import { endCall } from '../../support/rows/end-executions.js';
import {
  insertAttempt,
  lapseLeases,
  makeDue,
  takeOver,
  emptyExecutions,
  emptyTables,
} from '../../support/rows/execution-rows.js';
import { type LedgerContext, openLedgerContext } from '../../support/database/ledger-context.js';
import { insertOneOfEach, type LedgerRows } from '../../support/rows/ledger-rows.js';

const LOWEST_ID = '00000000-0000-0000-0000-000000000000';
const ALL = { afterProject: LOWEST_ID, passedOver: [] };

let context: LedgerContext;
let executions: ExecutionsRepository;
let keys: IdempotencyRepository;
let ids: LedgerRows;
let other: LedgerRows;

beforeAll(async () => {
  context = await openLedgerContext();
  executions = context.executions;
  keys = new IdempotencyRepository(context.scope, context.config);
  ids = await insertOneOfEach(context.owner, context.projectId);
  other = await insertOneOfEach(context.owner, context.otherProjectId);
  // Executions with a budget begin only through the general statement.
  await emptyTables(context.owner, 'budget_holds', 'budget_periods', 'budgets');
});

beforeEach(async () => {
  await emptyExecutions(context.owner);
  await emptyTables(context.owner, 'idempotency_keys');
  await context.owner.query('UPDATE prompts SET registry_revision = 7');
  context.connections.sent.length = 0;
});

afterAll(() => context.close());

async function newId(): Promise<string> {
  const [made] = await context.scope.system<{ id: string }>('SELECT ledger_uuid7() AS id');
  return (made as { id: string }).id;
}

async function rows<Row extends object = Record<string, unknown>>(text: string): Promise<Row[]> {
  return (await context.owner.query<Row>(text)).rows;
}

interface Options {
  readonly projectId?: string;
  readonly status?: 'queued' | 'running' | 'failed';
  readonly promptRevision?: number | null;
  readonly key?: string;
  readonly correlationId?: string;
}

async function beginning(options: Options = {}): Promise<Beginning> {
  const { projectId = context.projectId, status = 'queued', key } = options;
  const of = projectId === context.projectId ? ids : other;
  return {
    executionId: await newId(),
    projectId,
    requestedBy: 'admin',
    keyId: null,
    mode: status === 'queued' ? 'async' : 'sync',
    status,
    createdAt: new Date(),
    leaseMs: 20_000,
    ...(status === 'failed' ? { error: { type: 'provider_error', message: 'The circuit is open.' } } : {}),
    key: key === undefined ? null : { route: '/v1/executions:run', key, fingerprint: randomBytes(32) },
    admitted: admittedFor(of, {
      promptRevision: options.promptRevision ?? null,
      correlationId: options.correlationId ?? null,
    }),
  };
}

async function row(executionId: string): Promise<Record<string, unknown> | undefined> {
  const [found] = await rows(
    `SELECT e.status, e.fence, e.attempts_made, e.due_at IS NOT NULL AS due, e.lease_until IS NOT NULL AS leased,
       i.variables_json::text AS variables, o.response_text,
       (SELECT array_agg(a.status ORDER BY a.attempt) FROM execution_attempts_all a WHERE a.execution_id = e.execution_id) AS attempts
     FROM executions_all e JOIN execution_inputs i USING (project_id, execution_id)
     LEFT JOIN execution_outputs o ON o.project_id = e.project_id AND o.execution_id = e.execution_id AND NOT o.late
     WHERE e.execution_id = '${executionId}'`,
  );
  return found;
}

async function begun(options: Options = {}): Promise<Beginning & { readonly fence: number }> {
  const one = await beginning({ status: 'running', ...options });
  expect(begunAs(await executions.begin(one))).toBe('begun');
  return { ...one, fence: 1 };
}

describe('a beginning', () => {
  it.each([
    ['queued', { status: 'queued', fence: 0, attempts_made: 0, due: true, leased: false, attempts: null }],
    [
      'running',
      { status: 'running', fence: 1, attempts_made: 1, due: false, leased: true, attempts: ['dispatched'] },
    ],
    [
      'failed',
      { status: 'failed', fence: null, attempts_made: 0, due: false, leased: false, attempts: null },
    ],
  ] as const)('begins as %s, with its input as it came', async (status, expected) => {
    const one = await beginning({ status });
    expect(begunAs(await executions.begin(one))).toBe('begun');
    expect(await row(one.executionId)).toEqual({
      ...expected,
      variables: '{"b": 1, "a": 2}',
      response_text: null,
    });
  });

  it('tells in one statement of its kind, of each by itself, what is there, what is stale and whose key is taken', async () => {
    const before = await beginning({ key: 'taken' });
    await executions.begin(before);
    context.connections.sent.length = 0;
    const batch = await Promise.all([
      beginning({ promptRevision: 7 }),
      beginning({ promptRevision: 6 }),
      beginning({ key: 'taken' }),
      beginning({ key: 'taken', projectId: context.otherProjectId }),
      beginning({ key: 'stale', promptRevision: 6 }),
    ]);
    const told = await Promise.all(batch.map((each) => executions.begin(each)));
    expect(told.map(begunAs)).toEqual(['begun', 'stale', 'key_taken', 'begun', 'stale']);
    expect([...context.connections.sent].sort()).toEqual(['begin', 'begin-plain']);
    expect(await rows('SELECT execution_id FROM executions_all')).toHaveLength(3);
    expect((await rows<{ key: string }>('SELECT key FROM idempotency_keys')).map(({ key }) => key)).toEqual([
      'taken',
      'taken',
    ]);
  });

  it('lets one of two with the same key in, though both come in one statement', async () => {
    const batch = await Promise.all([1, 2, 3].map(() => beginning({ key: 'same' })));
    const told = (await Promise.all(batch.map((each) => executions.begin(each)))).map(begunAs);
    expect(context.connections.sent).toEqual(['begin']);
    expect([...told].sort()).toEqual(['begun', 'key_taken', 'key_taken']);
    const [kept] = await rows('SELECT execution_id FROM executions_all');
    expect(kept).toEqual({ execution_id: batch[told.indexOf('begun')]?.executionId });
    expect(await rows('SELECT execution_id FROM idempotency_keys')).toEqual([kept]);
  });

  it('that cannot be stored fails alone', async () => {
    const bad = await beginning({ correlationId: 'a\0b' });
    const good = await Promise.all(Array.from({ length: 9 }, () => beginning()));
    const told = await Promise.allSettled(
      [...good.slice(0, 4), bad, ...good.slice(4)].map((each) => executions.begin(each)),
    );
    expect(told.map(({ status }) => status)).toEqual([
      ...Array<string>(4).fill('fulfilled'),
      'rejected',
      ...Array<string>(5).fill('fulfilled'),
    ]);
    expect(await rows('SELECT execution_id FROM executions_all')).toHaveLength(9);
  });

  it('whose answer is lost is there once, and known as ours', async () => {
    context.connections.loseAnswerOf('begin');
    context.connections.loseAnswerOf('begin-plain');
    const batch = await Promise.all([beginning(), beginning({ key: 'k' }), beginning({ promptRevision: 7 })]);
    const told = (await Promise.all(batch.map((each) => executions.begin(each)))).map(begunAs);
    expect(told).toEqual(['begun', 'begun', 'begun']);
    expect([...context.connections.sent].sort()).toEqual(['begin', 'begin', 'begin-plain', 'begin-plain']);
    expect(await rows('SELECT execution_id FROM executions_all')).toHaveLength(3);
  });

  it('whose answer is lost is ours also when its prompt has changed since', async () => {
    context.connections.loseAnswerOf('begin-plain', () =>
      context.owner.query('UPDATE prompts SET registry_revision = 8'),
    );
    expect(begunAs(await executions.begin(await beginning({ promptRevision: 7 })))).toBe('begun');
    expect(await rows('SELECT execution_id FROM executions_all')).toHaveLength(1);
  });

  it('whose answer is lost, and that seems to be stale now, is not said to be anything', async () => {
    context.connections.loseAnswerOf('begin-plain');
    await expect(executions.begin(await beginning({ promptRevision: 6 }))).rejects.toMatchObject({
      code: 'DATABASE_UNAVAILABLE',
    });
    expect(await rows('SELECT execution_id FROM executions_all')).toEqual([]);
  });

  it('whose answer is lost does not take the key of somebody else for its own', async () => {
    await executions.begin(await beginning({ key: 'k' }));
    context.connections.loseAnswerOf('begin');
    expect(await executions.begin(await beginning({ key: 'k' }))).toBe('key_taken');
  });

  it('keeps the answer of its key, byte for byte', async () => {
    const answer = { status: 202, headers: { Location: '/v1/x' }, body: '{"é": 1}' };
    const one = { ...(await beginning({ key: 'k' })), answer };
    await executions.begin(one);
    const key = one.key as NonNullable<Beginning['key']>;
    expect(await keys.find(context.projectId, key)).toMatchObject({
      fingerprint: key.fingerprint,
      subjectId: one.executionId,
      answer,
      executionStatus: null,
    });
    expect(await keys.find(context.otherProjectId, key)).toBeNull();
    expect(await keys.store(context.projectId, key, { ...answer, body: 'another' })).toBe(false);
  });
});

describe('an ending', () => {
  it.each([
    ['perhaps', true, ['ledger_end', 'ledger_end', 'ledger_record_late']],
    ['surely not', false, ['ledger_end_plain', 'ledger_end_plain', 'ledger_end', 'ledger_record_late']],
  ])(
    'whose answer is lost was ours, and is told so, when it has duties: %s',
    async (_, mayHaveDuties, sent) => {
      const held = await begun();
      context.connections.sent.length = 0;
      context.connections.loseAnswerOf(sent[0] as string);
      expect(await endCall(executions, { ...held, mayHaveDuties }, 1, answered('Hello!'))).toBe(true);
      expect(context.connections.sent).toEqual(sent);
      expect(await row(held.executionId)).toMatchObject({
        status: 'succeeded',
        response_text: 'Hello!',
        attempts: ['succeeded'],
      });
    },
  );

  it('whose answer is lost, and which somebody else had ended before, is not ours', async () => {
    const held = await begun();
    await lapseLeases(context.owner);
    await executions.sweepLapsed();
    context.connections.loseAnswerOf('ledger_end');
    expect(await endCall(executions, held, 1, answered('Hello!'))).toBe(false);
    expect(await row(held.executionId)).toMatchObject({ status: 'failed', attempts: ['fenced'] });
  });

  const again: [string, () => Next, Record<string, unknown>][] = [
    [
      'queued',
      () => ({ kind: 'queued', waitMs: 60_000 }),
      { status: 'queued', attempts_made: 1, due: true, leased: false, attempts: ['failed'] },
    ],
    [
      'running',
      () => ({ kind: 'running', model: { modelId: ids.modelId, provider: 'echo', modelName: 'echo' } }),
      { status: 'running', attempts_made: 2, due: false, leased: true, attempts: ['failed', 'dispatched'] },
    ],
  ];
  it.each(again)('goes on as %s, once, also when its answer is lost', async (_, next, expected) => {
    for (const isLost of [false, true]) {
      const held = await begun();
      if (isLost) context.connections.loseAnswerOf('ledger_end');
      expect(await endCall(executions, held, 1, failed, next())).toBe(true);
      expect(await row(held.executionId)).toMatchObject({ ...expected, fence: 1, response_text: null });
    }
    expect(await executions.claim(10, ALL)).toEqual([]);
  });

  it('as queued is due when the wait is over', async () => {
    const held = await begun();
    await endCall(executions, held, 1, failed, { kind: 'queued', waitMs: 0 });
    expect(await executions.claim(10, ALL)).toMatchObject([
      { executionId: held.executionId, fence: 2, attemptsMade: 1 },
    ]);
  });

  it('stores the answer of the key with it', async () => {
    const held = await begun({ key: 'k' });
    const key = held.key as NonNullable<Beginning['key']>;
    // In flight, it has neither an answer nor an end.
    expect(await keys.find(context.projectId, key)).toMatchObject({ answer: null, executionStatus: null });
    const answer = { status: 200, headers: { 'Content-Type': 'application/json' }, body: '{}' };
    await endCall(executions, held, 1, answered('Hello!'), { kind: 'final', key, answer });
    expect(await keys.find(context.projectId, key)).toMatchObject({ answer, executionStatus: null });
  });

  it('that left the key without an answer is told of by the key', async () => {
    const held = await begun({ key: 'k' });
    await endCall(executions, held, 1, answered('Hello!'));
    const key = held.key as NonNullable<Beginning['key']>;
    expect(await keys.find(context.projectId, key)).toMatchObject({
      answer: null,
      executionStatus: 'succeeded',
      attemptsMade: 1,
    });
  });

  it('of who has lost it is fenced, though who has it now ends it in the same statement', async () => {
    const held: { old: Beginning & { fence: number }; fence: number }[] = [];
    for (let count = 0; count < 8; count += 1) {
      const old = await begun();
      await takeOver(context.owner, old.executionId);
      await insertAttempt(context.owner, context.projectId, old.executionId, { attempt: 2 });
      held.push({ old, fence: 2 });
    }
    context.connections.sent.length = 0;
    // In either order.
    const told = await Promise.all(
      held.flatMap(({ old, fence }, index) => {
        const late = () => endCall(executions, old, 1, answered('late'));
        const now = () => endCall(executions, { ...old, fence }, 2, answered('now'));
        return index % 2 === 0 ? [late(), now()] : [now(), late()];
      }),
    );
    expect(context.connections.sent).toEqual(['ledger_end', 'ledger_record_late']);
    expect(told).toEqual(held.flatMap((_, index) => (index % 2 === 0 ? [false, true] : [true, false])));
    for (const { old } of held) {
      expect(await row(old.executionId)).toMatchObject({
        response_text: 'now',
        attempts: ['fenced', 'succeeded'],
      });
    }
  });
});

describe('a dispatch', () => {
  it('whose answer is lost has one attempt', async () => {
    await executions.begin(await beginning());
    const [claimed] = await executions.claim(1, ALL);
    if (claimed === undefined) throw new Error('not claimed');
    context.connections.loseAnswerOf('call');
    expect(await executions.dispatch(claimed, 1, ids)).not.toBeNull();
    expect(await row(claimed.executionId)).toMatchObject({ attempts_made: 1, attempts: ['dispatched'] });
  });
});

describe('a renewal', () => {
  it('prolongs what is ours, and answers what is not', async () => {
    const [kept, ended, passedOn] = [await begun(), await begun(), await begun()];
    await lapseLeases(context.owner);
    await endCall(executions, ended, 1, answered('Hello!'));
    await takeOver(context.owner, passedOn.executionId);
    expect(await executions.renew([kept, ended, passedOn])).toEqual([ended, passedOn]);
    const renewed = await rows('SELECT execution_id FROM executions_all WHERE lease_until > now()');
    expect(renewed).toEqual([{ execution_id: kept.executionId }]);
  });

  it('knows two holders of one execution in one process apart', async () => {
    const old = await begun();
    await takeOver(context.owner);
    const current = { ...old, fence: 2 };
    expect(await executions.renew([old, current])).toEqual([old]);
  });
});

describe('a release', () => {
  it('gives back what was claimed, for later', async () => {
    await executions.begin(await beginning());
    const [claimed] = await executions.claim(1, ALL);
    if (claimed === undefined) throw new Error('not claimed');
    await executions.release(claimed, 60_000);
    expect(await row(claimed.executionId)).toMatchObject({
      status: 'queued',
      due: true,
      leased: false,
      attempts_made: 0,
    });
    expect(await executions.claim(1, ALL)).toEqual([]);
    await makeDue(context.owner);
    expect(await executions.claim(1, ALL)).toMatchObject([{ fence: 2 }]);
  });

  it('leaves alone what was dispatched, and what somebody else has', async () => {
    const held = await begun();
    await executions.release(held, 0);
    expect(await row(held.executionId)).toMatchObject({ status: 'running' });
    await executions.begin(await beginning());
    const [claimed] = await executions.claim(1, ALL);
    if (claimed === undefined) throw new Error('not claimed');
    await executions.release({ ...claimed, fence: claimed.fence - 1 }, 0);
    expect(await row(claimed.executionId)).toMatchObject({ status: 'running' });
  });
});

describe('an answer that is stored with a key', () => {
  it('stays, whoever comes with another one', async () => {
    const key = { route: '/v1/executions:run', key: 'stored once', fingerprint: Buffer.alloc(32) };
    expect(begunAs(await executions.begin(await beginning({ key: key.key })))).toBe('begun');
    const answer = { status: 502, headers: { 'X-First': 'yes' }, body: 'the first one' };
    expect(await keys.store(context.otherProjectId, key, answer)).toBe(false);
    expect(await keys.store(context.projectId, { ...key, route: '/v1/executions:submit' }, answer)).toBe(
      false,
    );
    expect(await keys.store(context.projectId, key, answer)).toBe(true);
    expect(await keys.store(context.projectId, key, { ...answer, body: 'another one' })).toBe(false);
    expect((await keys.find(context.projectId, key))?.answer).toEqual(answer);
  });
});

describe('a cancel', () => {
  it('ends what waits, of its own project, and nothing else', async () => {
    const queued = await beginning();
    await executions.begin(queued);
    const running = await begun();
    expect(await executions.cancel(context.otherProjectId, queued.executionId)).toBe(false);
    expect(await executions.cancel(context.projectId, running.executionId)).toBe(false);
    expect(await executions.cancel(context.projectId, queued.executionId)).toBe(true);
    expect(await executions.cancel(context.projectId, queued.executionId)).toBe(false);
    expect(await row(queued.executionId)).toMatchObject({ status: 'canceled', due: false });
    expect(await row(running.executionId)).toMatchObject({ status: 'running' });
    expect(await executions.claim(10, ALL)).toEqual([]);
  });
});

describe('an idempotency key', () => {
  const left = async () =>
    (await rows<{ key: string }>('SELECT key FROM idempotency_keys ORDER BY key')).map(({ key }) => key);

  it('is kept for as long as it was promised, and while its execution is unfinished', async () => {
    await executions.begin(await beginning({ key: 'fresh', status: 'failed' }));
    const [hours] = await rows<{ hours: number }>(
      'SELECT extract(epoch FROM expires_at - now()) / 3600 AS hours FROM idempotency_keys',
    );
    expect(Math.round(Number(hours?.hours))).toBe(24);
    for (const status of ['queued', 'running', 'failed'] as const) {
      await executions.begin(await beginning({ key: `old ${status}`, status }));
    }
    await context.owner.query(
      `UPDATE idempotency_keys SET expires_at = now() - interval '1 second' WHERE key LIKE 'old%'`,
    );
    expect(await keys.removeExpired(100)).toBe(1);
    expect(await left()).toEqual(['fresh', 'old queued', 'old running']);
  });

  it('is removed in portions', async () => {
    for (let count = 0; count < 3; count += 1)
      await executions.begin(await beginning({ key: String(count), status: 'failed' }));
    await context.owner.query(`UPDATE idempotency_keys SET expires_at = now() - interval '1 second'`);
    expect([await keys.removeExpired(2), await keys.removeExpired(2), await keys.removeExpired(2)]).toEqual([
      2, 1, 0,
    ]);
  });
});
