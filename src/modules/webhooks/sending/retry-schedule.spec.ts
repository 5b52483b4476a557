import { nextWaitMs } from './retry-schedule.js';

const WAITS_MS = [5000, 300_000];
const DAY_MS = 24 * 60 * 60 * 1000;

describe('nextWaitMs', () => {
  it.each([
    { what: 'the first wait', attempt: 1, retryAfterMs: null, random: 0, expected: 5000 },
    { what: 'a fifth more at most', attempt: 1, retryAfterMs: null, random: 1, expected: 6000 },
    { what: 'the next one', attempt: 2, retryAfterMs: null, random: 0, expected: 300_000 },
    { what: 'none after the last', attempt: 3, retryAfterMs: 1000, random: 0, expected: null },
    { what: 'longer when asked to', attempt: 1, retryAfterMs: 60_000, random: 0, expected: 60_000 },
    { what: 'no shorter when asked to', attempt: 2, retryAfterMs: 1000, random: 0, expected: 300_000 },
    { what: 'no longer than a day', attempt: 1, retryAfterMs: 400 * DAY_MS, random: 0, expected: DAY_MS },
  ])('is $what', ({ expected, ...failed }) => {
    expect(nextWaitMs(WAITS_MS, failed)).toBe(expected);
  });
});
