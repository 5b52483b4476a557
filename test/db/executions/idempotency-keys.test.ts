import {
  IdempotencyRepository,
  type StoredAnswer,
  type UsedKey,
} from '../../../src/modules/executions/idempotency/index.js';
import { emptyTables } from '../../support/rows/execution-rows.js';
import { type LedgerContext, openLedgerContext } from '../../support/database/ledger-context.js';

const SUBJECT_ID = '01a204f2-89d6-751a-a4fa-d9b1aa7b92e1';
const KEY: UsedKey = {
  route: '/v1/executions:submit-batch',
  key: 'order-7',
  fingerprint: Buffer.alloc(32, 7),
};
const ANSWER: StoredAnswer = { status: 202, headers: { 'X-First': 'yes' }, body: '{"größe":"日本"}' };
const NONE = {
  executionStatus: null,
  errorType: null,
  errorMessage: null,
  attemptsMade: null,
  erasedAt: null,
};

let context: LedgerContext;
let keys: IdempotencyRepository;

beforeAll(async () => {
  context = await openLedgerContext();
  keys = new IdempotencyRepository(context.scope, context.config);
});
beforeEach(() => emptyTables(context.owner, 'idempotency_keys'));
afterAll(() => context.close());

function take(key: UsedKey = KEY, projectId = context.projectId, answer = ANSWER): Promise<boolean> {
  return context.scope.transaction(projectId, (tx) => keys.take(tx, projectId, key, SUBJECT_ID, answer));
}

/** Inserts the key of a request in flight, which has no answer yet. */
async function insertUnanswered(): Promise<void> {
  await context.owner.query(
    `INSERT INTO idempotency_keys (project_id, route, key, fingerprint, expires_at) VALUES ($1, $2, $3, $4, now())`,
    [context.projectId, KEY.route, KEY.key, KEY.fingerprint],
  );
}

async function update(assignments: string): Promise<void> {
  await context.owner.query(`UPDATE idempotency_keys SET ${assignments}`);
}

describe('a key that nobody has used', () => {
  it('is not known', async () => {
    expect(await keys.find(context.projectId, KEY)).toBeNull();
    expect(await keys.store(context.projectId, KEY, ANSWER)).toBe(false);
  });
});

describe('a key that is taken with its answer', () => {
  it('is known by it, byte for byte, for as long as was promised', async () => {
    expect(await take()).toBe(true);
    expect(await keys.find(context.projectId, KEY)).toEqual({
      ...NONE,
      fingerprint: KEY.fingerprint,
      subjectId: SUBJECT_ID,
      answer: ANSWER,
    });
    const { rows } = await context.owner.query<{ hours: string }>(
      'SELECT extract(epoch FROM expires_at - created_at) / 3600 AS hours FROM idempotency_keys',
    );
    expect(rows.map(({ hours }) => Number(hours))).toEqual([24]);
  });

  it('is taken once, and keeps what it was taken with', async () => {
    await take();
    const later = { status: 500, headers: {}, body: 'another one' };
    expect(await take({ ...KEY, fingerprint: Buffer.alloc(32, 8) }, context.projectId, later)).toBe(false);
    expect(await keys.store(context.projectId, KEY, later)).toBe(false);
    expect(await keys.find(context.projectId, KEY)).toMatchObject({
      fingerprint: KEY.fingerprint,
      answer: ANSWER,
    });
  });

  it('is another one on another route, in another project and by another name', async () => {
    await take();
    expect(await take({ ...KEY, route: '/v1/executions:run' })).toBe(true);
    expect(await take(KEY, context.otherProjectId)).toBe(true);
    expect(await take({ ...KEY, key: 'order-8' })).toBe(true);
  });
});

describe('a key without an answer', () => {
  it('takes the first one that is stored, and says who stored it', async () => {
    await insertUnanswered();
    expect(await keys.find(context.projectId, KEY)).toMatchObject({ answer: null, subjectId: null });
    const both = await Promise.all([
      keys.store(context.projectId, KEY, ANSWER),
      keys.store(context.projectId, KEY, ANSWER),
    ]);
    expect(both.sort()).toEqual([false, true]);
    expect(await keys.find(context.projectId, KEY)).toMatchObject({ answer: ANSWER });
  });

  it('has none by half of it', async () => {
    await insertUnanswered();
    await update('status = 200');
    expect(await keys.find(context.projectId, KEY)).toMatchObject({ answer: null });
    await update(`status = NULL, body = 'x'`);
    expect(await keys.find(context.projectId, KEY)).toMatchObject({ answer: null });
  });

  it('may have an answer without headers', async () => {
    await insertUnanswered();
    await update(`status = 204, body = ''`);
    expect(await keys.find(context.projectId, KEY)).toMatchObject({
      answer: { status: 204, headers: {}, body: '' },
    });
  });
});

describe('a key whose content was erased', () => {
  it('says so, and takes no answer any more', async () => {
    await take();
    await update(`status = NULL, headers = NULL, body = NULL, fingerprint = '', erased_at = now()`);
    expect(await keys.store(context.projectId, KEY, ANSWER)).toBe(false);
    expect(await keys.find(context.projectId, KEY)).toMatchObject({
      answer: null,
      erasedAt: expect.any(Date) as Date,
    });
  });
});
