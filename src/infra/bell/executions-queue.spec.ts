import { jobOptions, KEY_PREFIX, parseHint, queueOptions } from './executions-queue.js';

const EXECUTION_ID = '0190b5a0-0000-7000-8000-000000000001';

describe('jobOptions', () => {
  it('gives each fence of an execution an id of its own', () => {
    const ids = [1, 2].map((fence) => jobOptions({ executionId: EXECUTION_ID, fence }).jobId);
    expect(ids).toEqual([`${EXECUTION_ID}-1`, `${EXECUTION_ID}-2`]);
  });

  it('leaves retries, delays and the memory of failures to Postgres', () => {
    const options = jobOptions({ executionId: EXECUTION_ID, fence: 1 });
    expect(options).toMatchObject({ attempts: 1, removeOnComplete: true, removeOnFail: true });
    expect(options).not.toHaveProperty('delay');
  });
});

describe('parseHint', () => {
  it('reads what was rung', () => {
    expect(parseHint({ executionId: EXECUTION_ID, fence: 3, later: true })).toEqual({
      executionId: EXECUTION_ID,
      fence: 3,
    });
  });

  it.each([[null], ['x'], [{}], [{ executionId: EXECUTION_ID, fence: '3' }], [{ fence: 3 }]])(
    'takes %j for a ring without a hint',
    (data) => {
      expect(parseHint(data)).toBeNull();
    },
  );
});

describe('queueOptions', () => {
  it('keeps all keys in one slot of a Redis Cluster', () => {
    // Redis hashes the text in the first pair of braces, or the whole key if there are none.
    expect(queueOptions(null, KEY_PREFIX).prefix).toMatch(/^\{[^{}]+\}$/);
  });
});
