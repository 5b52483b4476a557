import type { EntityManager } from 'typeorm';
import { RawAnswer } from '../../../infra/http/index.js';
import type { IdempotencyRepository, KeyRecord } from './idempotency.repository.js';
import { IdempotencyService, KEY_TAKEN } from './idempotency.service.js';
import type { StoredAnswer, UsedKey } from './used-key.js';

const KEY: UsedKey = { route: '/v1/executions:run', key: 'k', fingerprint: Buffer.alloc(32, 1) };
const ANSWER: StoredAnswer = {
  status: 200,
  headers: { 'Content-Type': 'text/plain' },
  body: 'the first one',
};
const LOST: KeyRecord = {
  fingerprint: KEY.fingerprint,
  subjectId: 'e-1',
  answer: null,
  executionStatus: 'failed',
  errorType: 'outcome_unknown',
  errorMessage: 'The process did not report back.',
  attemptsMade: 1,
  erasedAt: null,
};

const ERASED_AT = new Date('2026-01-02T03:04:05Z');
const ERASED = {
  code: 'CONTENT_ERASED',
  extensions: { execution_id: 'e-1', content_erased_at: ERASED_AT.toISOString() },
};

/** Keeps keys in memory, and reads and writes them one turn of the event loop later. */
class Keys {
  finds = 0;
  stores = 0;

  constructor(public record: KeyRecord | null) {}

  async find(): Promise<KeyRecord | null> {
    this.finds += 1;
    return Promise.resolve(this.record);
  }

  async store(_projectId: string, _key: UsedKey, answer: StoredAnswer): Promise<boolean> {
    await Promise.resolve();
    this.stores += 1;
    if (this.record === null || this.record.answer !== null) return false;
    this.record = { ...this.record, answer };
    return true;
  }
}

const noWork = () => Promise.reject(new Error('it was done again'));

const serviceWith = (keys: object) => new IdempotencyService(keys as IdempotencyRepository);

function once(keys: Keys, work: () => Promise<RawAnswer | typeof KEY_TAKEN> = noWork) {
  return serviceWith(keys).once('p', KEY, work);
}

describe('a request for the first time', () => {
  const made = new RawAnswer(200, {}, 'made');
  const work = () => Promise.resolve(made);

  it('gets what its work answers', async () => {
    expect(await once(new Keys(null), work)).toBe(made);
  });

  it('looks for no key when it came without one', async () => {
    const keys = new Keys({ ...LOST, answer: ANSWER });
    expect(await serviceWith(keys).once('p', null, work)).toBe(made);
    expect(keys.finds).toBe(0);
  });

  it('takes its key with the text of its answer', async () => {
    const taken: unknown[] = [];
    const keys = {
      take: (...values: unknown[]) => {
        taken.push(...values);
        return Promise.resolve(true);
      },
    };
    const tx = {} as EntityManager;
    const answer = new RawAnswer(201, { 'X-First': 'yes' }, 'made');
    expect(await serviceWith(keys).take(tx, 'p', KEY, 'b-1', answer)).toBe(true);
    expect(taken).toEqual([
      tx,
      'p',
      KEY,
      'b-1',
      { status: 201, headers: { 'X-First': 'yes' }, body: 'made' },
    ]);
  });
});

describe('a key whose first request was lost', () => {
  it('is answered with how that failed, once and for all', async () => {
    const keys = new Keys(LOST);
    const first = await once(keys);
    expect(first).toMatchObject({ status: 502, headers: { 'Idempotency-Replayed': 'true' } });
    expect(JSON.parse(first.body.toString())).toMatchObject({ execution_id: 'e-1', attempts: 1 });
    expect(await once(keys)).toEqual(first);
    expect(keys.stores).toBe(1);
  });

  it.each([
    ['timeout', 504, 'PROVIDER_TIMEOUT'],
    ['provider_rejected', 502, 'PROVIDER_REJECTED'],
    ['outcome_unknown', 502, 'PROVIDER_FAILED'],
    [null, 502, 'PROVIDER_FAILED'],
  ] as const)('is told of a failure of the type %s with %i %s', async (errorType, status, code) => {
    const answer = await once(new Keys({ ...LOST, errorType, errorMessage: 'It broke.' }));
    expect(answer.status).toBe(status);
    const detail = expect.stringMatching(/^It broke\. \w/) as string;
    expect(JSON.parse(answer.body.toString())).toMatchObject({ code, detail });
  });

  it('is told of a failure that left no message', async () => {
    const answer = await once(new Keys({ ...LOST, errorMessage: null }));
    expect(JSON.parse(answer.body.toString())).toMatchObject({
      detail: expect.stringMatching(/^\W*Try again later/) as string,
    });
  });

  it.each(['succeeded', 'canceled', 'running', 'queued', null] as const)(
    'is in flight while its execution is %s and nobody has composed an answer',
    async (executionStatus) => {
      const keys = new Keys({ ...LOST, executionStatus, errorType: null, errorMessage: null });
      await expect(once(keys)).rejects.toMatchObject({
        code: 'IDEMPOTENCY_IN_FLIGHT',
        extensions: { execution_id: 'e-1' },
      });
      expect(keys.stores).toBe(0);
    },
  );

  it('is in flight while nothing stands behind it', async () => {
    await expect(once(new Keys({ ...LOST, subjectId: null }))).rejects.toMatchObject({
      code: 'IDEMPOTENCY_IN_FLIGHT',
    });
  });

  it('is answered with what somebody else has stored meanwhile', async () => {
    const keys = new Keys(LOST);
    const { find } = keys;
    // The key is found without an answer, but another one is stored before ours.
    keys.find = async () => {
      const found = await find.call(keys);
      keys.record = { ...LOST, answer: ANSWER };
      return found;
    };
    expect(await once(keys)).toMatchObject({ status: 200, body: 'the first one' });
    expect(keys.record?.answer).toBe(ANSWER);
  });

  it.each<[string, KeyRecord | null]>([
    ['has expired', null],
    ['still has no answer', LOST],
  ])('is answered with its own failure when the key %s and cannot be stored with', async (_what, then) => {
    const keys = new Keys(LOST);
    keys.store = () => {
      keys.record = then;
      return Promise.resolve(false);
    };
    expect(await once(keys)).toEqual(await once(new Keys(LOST)));
  });

  it('is refused when its content was erased meanwhile', async () => {
    const keys = new Keys(LOST);
    keys.store = () => {
      keys.record = { ...LOST, erasedAt: ERASED_AT };
      return Promise.resolve(false);
    };
    await expect(once(keys)).rejects.toMatchObject(ERASED);
  });
});

describe('a key that is known', () => {
  it('gives the first answer, and refuses another request', async () => {
    const keys = new Keys({ ...LOST, answer: ANSWER });
    expect(await once(keys)).toMatchObject({ status: 200, body: 'the first one' });
    keys.record = { ...LOST, answer: ANSWER, fingerprint: Buffer.alloc(32, 2) };
    await expect(once(keys)).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
  });

  it('is used up when its content was erased, whatever the request is', async () => {
    const keys = new Keys({ ...LOST, erasedAt: ERASED_AT, fingerprint: Buffer.alloc(0) });
    await expect(once(keys)).rejects.toMatchObject(ERASED);
  });

  it('that was taken while the work was done gives the answer of who took it', async () => {
    const keys = new Keys(null);
    const answer = once(keys, () => {
      keys.record = { ...LOST, answer: ANSWER };
      return Promise.resolve(KEY_TAKEN);
    });
    expect(await answer).toMatchObject({
      body: 'the first one',
      headers: { 'Idempotency-Replayed': 'true' },
    });
    const gone = once(new Keys(null), () => Promise.resolve(KEY_TAKEN));
    await expect(gone).rejects.toMatchObject({ code: 'IDEMPOTENCY_IN_FLIGHT' });
  });
});
