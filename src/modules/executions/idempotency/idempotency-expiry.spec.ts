import { Logger } from '@nestjs/common';
import { IdempotencyExpiry } from './idempotency-expiry.js';
import type { IdempotencyRepository } from './idempotency.repository.js';

/** Each run removes the number of keys that `left` states. Records how many it was asked for. */
function setUp(...left: number[]) {
  const asked: number[] = [];
  const removeExpired = (most: number): Promise<number> => {
    asked.push(most);
    const removed = left.shift();
    return removed === undefined
      ? Promise.reject(new Error('the database is away'))
      : Promise.resolve(removed);
  };
  return { expiry: new IdempotencyExpiry({ removeExpired } as unknown as IdempotencyRepository), asked };
}

describe('IdempotencyExpiry', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('looks every ten minutes, and goes on while there are more than it removes at once', async () => {
    const { expiry, asked } = setUp(1000, 3, 0);
    expiry.onApplicationBootstrap();
    await jest.advanceTimersByTimeAsync(599_999);
    expect(asked).toEqual([]);
    await jest.advanceTimersByTimeAsync(1);
    expect(asked).toEqual([1000, 1000]);
    await jest.advanceTimersByTimeAsync(600_000);
    expect(asked).toEqual([1000, 1000, 1000]);
    expiry.beforeApplicationShutdown();
  });

  it('says that it could not', async () => {
    const warned = jest.spyOn(Logger.prototype, 'warn').mockReturnValue(undefined);
    const { expiry } = setUp();
    expiry.onApplicationBootstrap();
    await jest.advanceTimersByTimeAsync(600_000);
    expect(warned).toHaveBeenCalledWith(
      'expired idempotency keys could not be removed: the database is away',
    );
    expiry.beforeApplicationShutdown();
    warned.mockRestore();
  });
});
