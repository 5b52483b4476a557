import fc from 'fast-check';
import type { ExecutionErrorType } from '../../../entities/index.js';
import {
  isRetryable,
  isRetryableElsewhere,
  isRetryableThere,
  runRetryWaitMs,
  waitBeforeRetryMs,
} from './retry-policy.js';

const HOUR_MS = 3_600_000;
const WAITS_MS = [5000, 30_000, 120_000];

const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const attemptsMade = fc.integer({ min: 1, max: 20 });
const waitsMs = fc.array(fc.integer({ min: 0, max: HOUR_MS }), { minLength: 1, maxLength: 20 });
const retryAfterMs = fc.option(fc.integer({ min: 0, max: 2 * HOUR_MS }));
const kind = fc.constantFrom<ExecutionErrorType>('rate_limited', 'provider_error', 'connection');

describe('isRetryable', () => {
  it.each<[ExecutionErrorType, boolean]>([
    ['timeout', true],
    ['rate_limited', true],
    ['provider_error', true],
    ['connection', true],
    ['provider_rejected', false],
    ['internal', false],
    ['outcome_unknown', false],
  ])('of %s is %s', (type, retryable) => {
    expect(isRetryable(type)).toBe(retryable);
  });
});

describe('what a provider says of another try', () => {
  it.each<[ExecutionErrorType, boolean | null, boolean, boolean]>([
    ['rate_limited', null, true, true],
    ['rate_limited', true, true, true],
    ['rate_limited', false, false, true],
    ['provider_error', false, false, true],
    ['provider_rejected', null, false, false],
    ['provider_rejected', true, true, true],
    ['provider_rejected', false, false, false],
  ])('of a %s it is %s, so there: %s, elsewhere: %s', (type, shouldRetry, there, elsewhere) => {
    expect(isRetryableThere({ kind: type, shouldRetry })).toBe(there);
    expect(isRetryableElsewhere({ kind: type, shouldRetry })).toBe(elsewhere);
    const waitMs = runRetryWaitMs({
      kind: type,
      shouldRetry,
      attemptsMade: 1,
      retryAfterMs: null,
      remainingMs: 60_000,
      random: 0.5,
    });
    expect(waitMs !== null).toBe(there);
  });
});

describe('waitBeforeRetryMs', () => {
  const middle = { waitsMs: WAITS_MS, retryAfterMs: null, random: 0.5 };

  it.each([
    [1, 5000],
    [2, 30_000],
    [3, 120_000],
    [4, 120_000],
    [10, 120_000],
  ])('after call %i is %i ms, of which the last repeats', (made, waitMs) => {
    expect(waitBeforeRetryMs({ ...middle, attemptsMade: made })).toBe(waitMs);
  });

  it('stays within a fifth of the configured wait', () => {
    fc.assert(
      fc.property(attemptsMade, waitsMs, random, (made, waits, chance) => {
        const waitMs = waitBeforeRetryMs({
          attemptsMade: made,
          waitsMs: waits,
          retryAfterMs: null,
          random: chance,
        });
        const usualMs = waits[made - 1] ?? waits.at(-1) ?? NaN;
        expect(waitMs).toBeGreaterThanOrEqual(Math.floor(usualMs * 0.8));
        expect(waitMs).toBeLessThanOrEqual(Math.ceil(usualMs * 1.2));
        expect(Number.isInteger(waitMs)).toBe(true);
      }),
    );
  });

  it('is never less than the provider asks for, up to an hour, and little more than the longer of the two', () => {
    fc.assert(
      fc.property(attemptsMade, waitsMs, retryAfterMs, random, (made, waits, asked, chance) => {
        const options = { attemptsMade: made, waitsMs: waits, random: chance };
        const waitMs = waitBeforeRetryMs({ ...options, retryAfterMs: asked });
        const boundMs = Math.min(asked ?? 0, HOUR_MS);
        expect(waitMs).toBeGreaterThanOrEqual(boundMs);
        expect(waitMs).toBeLessThanOrEqual(
          boundMs + 1.5 * waitBeforeRetryMs({ ...options, retryAfterMs: null }) + 1,
        );
      }),
    );
  });

  it('spreads those who were all asked to wait for the same time', () => {
    const options = { attemptsMade: 1, waitsMs: WAITS_MS, retryAfterMs: 60_000 };
    const waits = [0, 0.25, 0.5, 0.75].map((chance) => waitBeforeRetryMs({ ...options, random: chance }));
    expect(waits).toEqual([60_000, 60_250, 60_500, 60_750]);
  });

  it.each([NaN, -1, 0])('takes a Retry-After of %d for none', (asked) => {
    expect(waitBeforeRetryMs({ ...middle, attemptsMade: 1, retryAfterMs: asked })).toBe(5000);
  });

  it('ends, whatever the provider asks for', () => {
    const waitMs = waitBeforeRetryMs({ ...middle, attemptsMade: 1, retryAfterMs: Infinity, random: 0 });
    expect(waitMs).toBe(HOUR_MS);
  });
});

describe('runRetryWaitMs', () => {
  const plenty = { kind: 'connection', retryAfterMs: null, remainingMs: 60_000, random: 0.5 } as const;

  it.each([
    [1, 200],
    [2, 800],
    [3, 2000],
    [9, 2000],
  ])('after call %i is %i ms', (made, waitMs) => {
    expect(runRetryWaitMs({ ...plenty, attemptsMade: made })).toBe(waitMs);
  });

  it.each(['timeout', 'provider_rejected', 'internal', 'outcome_unknown'] as const)(
    'there is none after %s',
    (type) => {
      expect(runRetryWaitMs({ ...plenty, attemptsMade: 1, kind: type })).toBeNull();
    },
  );

  it('leaves the call its part of what remains', () => {
    const first = { ...plenty, attemptsMade: 1 };
    expect(runRetryWaitMs({ ...first, remainingMs: 300 })).toBe(200);
    expect(runRetryWaitMs({ ...first, remainingMs: 299 })).toBeNull();
    const asked = { ...first, retryAfterMs: 9000, random: 0 };
    expect(runRetryWaitMs({ ...asked, remainingMs: 10_000 })).toBe(9000);
    expect(runRetryWaitMs({ ...asked, remainingMs: 9999 })).toBeNull();
  });

  it('fits into the deadline and honours the provider, or is none', () => {
    const remainingMs = fc.integer({ min: -1000, max: 2 * HOUR_MS });
    fc.assert(
      fc.property(
        kind,
        attemptsMade,
        retryAfterMs,
        remainingMs,
        random,
        (type, made, asked, remaining, chance) => {
          const waitMs = runRetryWaitMs({
            kind: type,
            attemptsMade: made,
            retryAfterMs: asked,
            remainingMs: remaining,
            random: chance,
          });
          if (waitMs === null) return;
          expect(waitMs).toBeGreaterThanOrEqual(Math.max(160, asked ?? 0));
          expect(remaining - waitMs).toBeGreaterThanOrEqual(100);
          expect(remaining - waitMs).toBeGreaterThanOrEqual(remaining * 0.1);
        },
      ),
    );
  });
});
