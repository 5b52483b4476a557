import { randomBytes } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { ExecutionsRepository } from '../../src/modules/executions/index.js';
import type { Beginning, Next } from '../../src/modules/executions/execution-rows.js';
import { IdempotencyRepository } from '../../src/modules/executions/idempotency/index.js';
import { admittedFor, insertedAs } from '../support/admitted.js';
import { answered, failed } from '../support/call-outcomes.js';
import { eventually } from '../support/eventually.js';
import {
  insertAttempt,
  lapseLeases,
  makeDue,
  takeOver,
  truncateExecutions,
} from '../support/execution-rows.js';
import { type LedgerContext, openLedgerContext } from '../support/ledger-context.js';
import { insertOneOfEach, type LedgerRows } from '../support/ledger-rows.js';
import { LossyScope } from '../support/lossy-scope.js';

const LOWEST_ID = '00000000-0000-0000-0000-000000000000';
const ALL = { idFloor: LOWEST_ID, afterProject: LOWEST_ID, passedOver: [] };
const FINAL = { kind: 'final' } as const;
const CALLED = { modelId: '00000000-0000-7000-8000-000000000001', provider: 'echo', modelName: 'echo' };

let context: LedgerContext;
let scope: LossyScope;
let executions: ExecutionsRepository;
let keys: IdempotencyRepository;
let ids: LedgerRows;
let other: LedgerRows;

beforeAll(async () => {
  context = await openLedgerContext();
  const { dataSource } = context.scope as unknown as { dataSource: DataSource };
  scope = new LossyScope(dataSource);
  executions = new ExecutionsRepository(scope, context.config);
  keys = new IdempotencyRepository(scope);
  ids = await insertOneOfEach(context.owner, context.projectId);
  other = await insertOneOfEach(context.owner, context.otherProjectId);
});

beforeEach(async () => {
  await truncateExecutions(context.owner);
  await context.owner.query('TRUNCATE idempotency_keys');
  await context.owner.query('UPDATE prompts SET registry_revision = 7');
  scope.sent.length = 0;
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
     LEFT JOIN execution_outputs o USING (project_id, execution_id) WHERE e.execution_id = '${executionId}'`,
  );
  return found;
}

async function begun(options: Options = {}): Promise<Beginning & { readonly fence: number }> {
  const one = await beginning({ status: 'running', ...options });
  expect(insertedAs(await executions.insert(one))).toBe('inserted');
  return { ...one, fence: 1 };
}

describe('an insert', () => {
  it.each([
    ['queued', { status: 'queued', fence: 0, attempts_made: 0, due: true, leased: false, attempts: null }],
    [
      'running',
      { status: 'running', fence: 1, attempts_made: 1, due: false, leased: true, attempts: ['dispatched'] },
    ],
    ['failed', { status: 'failed', fence: 0, attempts_made: 0, due: false, leased: false, attempts: null }],
  ] as const)('begins as %s, with its input as it came', async (status, expected) => {
    const one = await beginning({ status });
    expect(insertedAs(await executions.insert(one))).toBe('inserted');
    expect(await row(one.executionId)).toEqual({
      ...expected,
      variables: '{"b": 1, "a": 2}',
      response_text: null,
    });
  });

  it('tells in one statement, of each by itself, what is there, what is stale and whose key is taken', async () => {
    const before = await beginning({ key: 'taken' });
    await executions.insert(before);
    scope.sent.length = 0;
    const batch = await Promise.all([
      beginning({ promptRevision: 7 }),
      beginning({ promptRevision: 6 }),
      beginning({ key: 'taken' }),
      beginning({ key: 'taken', projectId: context.otherProjectId }),
      beginning({ key: 'stale', promptRevision: 6 }),
    ]);
    const told = await Promise.all(batch.map((each) => executions.insert(each)));
    expect(told.map(insertedAs)).toEqual(['inserted', 'stale', 'key_taken', 'inserted', 'stale']);
    expect(scope.sent).toEqual(['insert']);
    expect(await rows('SELECT execution_id FROM executions_all')).toHaveLength(3);
    expect((await rows<{ key: string }>('SELECT key FROM idempotency_keys')).map(({ key }) => key)).toEqual([
      'taken',
      'taken',
    ]);
  });

  it('lets one of two with the same key in, though both come in one statement', async () => {
    const batch = await Promise.all([1, 2, 3].map(() => beginning({ key: 'same' })));
    const told = (await Promise.all(batch.map((each) => executions.insert(each)))).map(insertedAs);
    expect(scope.sent).toEqual(['insert']);
    expect([...told].sort()).toEqual(['inserted', 'key_taken', 'key_taken']);
    const [kept] = await rows('SELECT execution_id FROM executions_all');
    expect(kept).toEqual({ execution_id: batch[told.indexOf('inserted')]?.executionId });
    expect(await rows('SELECT execution_id FROM idempotency_keys')).toEqual([kept]);
  });

  it('that cannot be stored fails alone', async () => {
    const bad = await beginning({ correlationId: 'a\0b' });
    const good = await Promise.all(Array.from({ length: 9 }, () => beginning()));
    const told = await Promise.allSettled(
      [...good.slice(0, 4), bad, ...good.slice(4)].map((each) => executions.insert(each)),
    );
    expect(told.map(({ status }) => status)).toEqual([
      ...Array<string>(4).fill('fulfilled'),
      'rejected',
      ...Array<string>(5).fill('fulfilled'),
    ]);
    expect(await rows('SELECT execution_id FROM executions_all')).toHaveLength(9);
  });

  it('whose answer is lost is there once, and known as ours', async () => {
    scope.loseAnswerOf('insert');
    const batch = await Promise.all([beginning(), beginning({ key: 'k' }), beginning({ promptRevision: 7 })]);
    const told = (await Promise.all(batch.map((each) => executions.insert(each)))).map(insertedAs);
    expect(told).toEqual(['inserted', 'inserted', 'inserted']);
    expect(scope.sent).toEqual(['insert', 'insert-again', 'find-inserted']);
    expect(await rows('SELECT execution_id FROM executions_all')).toHaveLength(3);
  });

  it('whose answer is lost is ours also when its prompt has changed since', async () => {
    const one = await beginning({ promptRevision: 7 });
    scope.loseAnswerOf('insert');
    const told = executions.insert(one);
    await eventually(async () => (await row(one.executionId)) !== undefined);
    await context.owner.query('UPDATE prompts SET registry_revision = 8');
    expect(insertedAs(await told)).toBe('inserted');
  });

  it('whose answer is lost, and that seems to be stale now, is not said to be anything', async () => {
    scope.loseAnswerOf('insert');
    await expect(executions.insert(await beginning({ promptRevision: 6 }))).rejects.toMatchObject({
      code: 'DATABASE_UNAVAILABLE',
    });
    expect(await rows('SELECT execution_id FROM executions_all')).toEqual([]);
  });

  it('whose answer is lost does not take the key of somebody else for its own', async () => {
    await executions.insert(await beginning({ key: 'k' }));
    scope.loseAnswerOf('insert');
    expect(await executions.insert(await beginning({ key: 'k' }))).toBe('key_taken');
  });

  it('keeps the answer of its key, byte for byte', async () => {
    const answer = { status: 202, headers: { Location: '/v1/x' }, body: '{"é": 1}' };
    const one = { ...(await beginning({ key: 'k' })), answer };
    await executions.insert(one);
    const key = one.key as NonNullable<Beginning['key']>;
    expect(await keys.find(context.projectId, key)).toMatchObject({
      fingerprint: key.fingerprint,
      subjectId: one.executionId,
      answer,
      executionStatus: 'queued',
    });
    expect(await keys.find(context.otherProjectId, key)).toBeNull();
    expect(await keys.store(context.projectId, key, { ...answer, body: 'another' })).toBe(false);
  });
});

describe('a finish', () => {
  it('whose answer is lost was ours, and is told so', async () => {
    const held = await begun();
    scope.loseAnswerOf('finish');
    expect(await executions.finish(held, 1, answered('Hello!'), FINAL)).toBe(true);
    expect(scope.sent).toEqual(['insert', 'finish', 'finish', 'find-finished']);
    expect(await row(held.executionId)).toMatchObject({
      status: 'succeeded',
      response_text: 'Hello!',
      attempts: ['succeeded'],
    });
  });

  it('whose answer is lost, and which somebody else had ended before, is not ours', async () => {
    const held = await begun();
    await lapseLeases(context.owner);
    await executions.sweepLapsed();
    scope.loseAnswerOf('finish');
    expect(await executions.finish(held, 1, answered('Hello!'), FINAL)).toBe(false);
    expect(await row(held.executionId)).toMatchObject({ status: 'failed', attempts: ['fenced'] });
  });

  const again: [Next, Record<string, unknown>][] = [
    [
      { kind: 'queued', waitMs: 60_000 },
      { status: 'queued', attempts_made: 1, due: true, leased: false, attempts: ['failed'] },
    ],
    [
      { kind: 'running', model: CALLED },
      { status: 'running', attempts_made: 2, due: false, leased: true, attempts: ['failed', 'dispatched'] },
    ],
  ];
  it.each(again)('goes on as %j, once, also when its answer is lost', async (next, expected) => {
    for (const isLost of [false, true]) {
      const held = await begun();
      if (isLost) scope.loseAnswerOf('finish');
      expect(await executions.finish(held, 1, failed, next)).toBe(true);
      expect(await row(held.executionId)).toMatchObject({ ...expected, fence: 1, response_text: null });
    }
    expect(await executions.claim(10, ALL)).toEqual([]);
  });

  it('as queued is due when the wait is over', async () => {
    const held = await begun();
    await executions.finish(held, 1, failed, { kind: 'queued', waitMs: 0 });
    expect(await executions.claim(10, ALL)).toMatchObject([
      { executionId: held.executionId, fence: 2, attemptsMade: 1 },
    ]);
  });

  it('stores the answer of the key with it', async () => {
    const held = await begun({ key: 'k' });
    const key = held.key as NonNullable<Beginning['key']>;
    expect(await keys.find(context.projectId, key)).toMatchObject({
      answer: null,
      executionStatus: 'running',
    });
    const answer = { status: 200, headers: { 'Content-Type': 'application/json' }, body: '{}' };
    await executions.finish(held, 1, answered('Hello!'), { kind: 'final', key, answer });
    expect(await keys.find(context.projectId, key)).toMatchObject({ answer, executionStatus: 'succeeded' });
  });

  it('of who has lost it is fenced, though who has it now ends it in the same statement', async () => {
    const held: { old: Beginning & { fence: number }; fence: number }[] = [];
    for (let count = 0; count < 8; count += 1) {
      const old = await begun();
      await takeOver(context.owner, old.executionId);
      await insertAttempt(context.owner, context.projectId, old.executionId, { attempt: 2 });
      held.push({ old, fence: 2 });
    }
    scope.sent.length = 0;
    // In either order.
    const told = await Promise.all(
      held.flatMap(({ old, fence }, index) => {
        const late = () => executions.finish(old, 1, answered('late'), FINAL);
        const now = () => executions.finish({ ...old, fence }, 2, answered('now'), FINAL);
        return index % 2 === 0 ? [late(), now()] : [now(), late()];
      }),
    );
    expect(scope.sent).toEqual(['finish']);
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
    await executions.insert(await beginning());
    const [claimed] = await executions.claim(1, ALL);
    if (claimed === undefined) throw new Error('not claimed');
    scope.loseAnswerOf('dispatch');
    expect(await executions.dispatch(claimed, 1)).not.toBeNull();
    expect(await row(claimed.executionId)).toMatchObject({ attempts_made: 1, attempts: ['dispatched'] });
  });
});

describe('a renewal', () => {
  it('prolongs what is ours, and answers what is not', async () => {
    const [kept, ended, passedOn] = [await begun(), await begun(), await begun()];
    await lapseLeases(context.owner);
    await executions.finish(ended, 1, answered('Hello!'), FINAL);
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
    await executions.insert(await beginning());
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
    await executions.insert(await beginning());
    const [claimed] = await executions.claim(1, ALL);
    if (claimed === undefined) throw new Error('not claimed');
    await executions.release({ ...claimed, fence: claimed.fence - 1 }, 0);
    expect(await row(claimed.executionId)).toMatchObject({ status: 'running' });
  });
});

describe('a cancel', () => {
  it('ends what waits, of its own project, and nothing else', async () => {
    const queued = await beginning();
    await executions.insert(queued);
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

describe('the depth of the queue', () => {
  it('is that of each project, to a limit', async () => {
    for (let count = 0; count < 3; count += 1) await executions.insert(await beginning());
    await executions.insert(await beginning({ projectId: context.otherProjectId }));
    await begun();
    expect(await executions.countQueued(100)).toEqual(
      new Map([
        [context.projectId, 3],
        [context.otherProjectId, 1],
      ]),
    );
    expect((await executions.countQueued(2)).get(context.projectId)).toBe(2);
  });
});

describe('an idempotency key', () => {
  const left = async () =>
    (await rows<{ key: string }>('SELECT key FROM idempotency_keys ORDER BY key')).map(({ key }) => key);

  it('is kept for as long as it was promised, and while its execution is unfinished', async () => {
    await executions.insert(await beginning({ key: 'fresh', status: 'failed' }));
    const [hours] = await rows<{ hours: number }>(
      'SELECT extract(epoch FROM expires_at - now()) / 3600 AS hours FROM idempotency_keys',
    );
    expect(Math.round(Number(hours?.hours))).toBe(24);
    for (const status of ['queued', 'running', 'failed'] as const) {
      await executions.insert(await beginning({ key: `old ${status}`, status }));
    }
    await context.owner.query(
      `UPDATE idempotency_keys SET expires_at = now() - interval '1 second' WHERE key LIKE 'old%'`,
    );
    expect(await keys.removeExpired(100)).toBe(1);
    expect(await left()).toEqual(['fresh', 'old queued', 'old running']);
  });

  it('is removed in portions', async () => {
    for (let count = 0; count < 3; count += 1)
      await executions.insert(await beginning({ key: String(count), status: 'failed' }));
    await context.owner.query(`UPDATE idempotency_keys SET expires_at = now() - interval '1 second'`);
    expect([await keys.removeExpired(2), await keys.removeExpired(2), await keys.removeExpired(2)]).toEqual([
      2, 1, 0,
    ]);
  });
});
