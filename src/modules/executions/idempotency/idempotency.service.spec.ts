import { type RawAnswer } from '../../../infra/http/index.js';
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

/** Keys in memory, read and written a turn of the loop later. */
class Keys {
  stores = 0;

  constructor(public record: KeyRecord | null) {}

  async find(): Promise<KeyRecord | null> {
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

function once(keys: Keys, work: () => Promise<RawAnswer | typeof KEY_TAKEN> = noWork) {
  return new IdempotencyService(keys as unknown as IdempotencyRepository).once('p', KEY, work);
}

describe('a key whose first request was lost', () => {
  it('is answered with how that failed, once and for all', async () => {
    const keys = new Keys(LOST);
    const first = await once(keys);
    expect(first).toMatchObject({ status: 502, headers: { 'Idempotency-Replayed': 'true' } });
    expect(JSON.parse(first.body.toString())).toMatchObject({ execution_id: 'e-1', attempts: 1 });
    expect(await once(keys)).toEqual(first);
    expect(keys.stores).toBe(1);
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
    // Found without an answer, which is there when ours is to be stored.
    keys.find = async () => {
      const found = await find.call(keys);
      keys.record = { ...LOST, answer: ANSWER };
      return found;
    };
    expect(await once(keys)).toMatchObject({ status: 200, body: 'the first one' });
    expect(keys.record?.answer).toBe(ANSWER);
  });
});

describe('a key that is known', () => {
  it('gives the first answer, and refuses another request', async () => {
    const keys = new Keys({ ...LOST, answer: ANSWER });
    expect(await once(keys)).toMatchObject({ status: 200, body: 'the first one' });
    keys.record = { ...LOST, answer: ANSWER, fingerprint: Buffer.alloc(32, 2) };
    await expect(once(keys)).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
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
