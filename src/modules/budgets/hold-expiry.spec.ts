import { Logger } from '@nestjs/common';
import { AppConfig, parseEnvironment } from '../../infra/config/index.js';
import type { BudgetsRepository } from './budgets.repository.js';
import { HoldExpiry } from './hold-expiry.js';

/** Each run ends the number of holds that `left` states. Records how many it was asked for. */
function setUp(holdMs: number, ...left: number[]) {
  const asked: number[] = [];
  const expireHolds = (most: number): Promise<number> => {
    asked.push(most);
    const ended = left.shift();
    return ended === undefined ? Promise.reject(new Error('the database is away')) : Promise.resolve(ended);
  };
  const config = new AppConfig(parseEnvironment({ BUDGET_HOLD_MS: String(holdMs) }), {
    databaseUrl: '',
    keyHashSecret: null,
    embedded: false,
  });
  return { expiry: new HoldExpiry(config, { expireHolds } as unknown as BudgetsRepository), asked };
}

describe('HoldExpiry', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it.each([
    [30_000, 30_000],
    [900_000, 60_000],
  ])('looks for holds of %i ms every %i ms', async (holdMs, intervalMs) => {
    const { expiry, asked } = setUp(holdMs, 0, 0);
    expiry.onApplicationBootstrap();
    await jest.advanceTimersByTimeAsync(intervalMs - 1);
    expect(asked).toEqual([]);
    await jest.advanceTimersByTimeAsync(1);
    expect(asked).toEqual([500]);
    await jest.advanceTimersByTimeAsync(intervalMs);
    expect(asked).toEqual([500, 500]);
    expiry.beforeApplicationShutdown();
  });

  it('goes on while there are more than it ends at once', async () => {
    const { expiry, asked } = setUp(60_000, 500, 3);
    expect(await expiry.endAll()).toBe(503);
    expect(asked).toEqual([500, 500]);
  });

  it('says that it could not', async () => {
    const warned = jest.spyOn(Logger.prototype, 'warn').mockReturnValue(undefined);
    const { expiry } = setUp(60_000);
    expiry.onApplicationBootstrap();
    await jest.advanceTimersByTimeAsync(60_000);
    expect(warned).toHaveBeenCalledWith('expired holds of budgets could not be ended: the database is away');
    expiry.beforeApplicationShutdown();
    warned.mockRestore();
  });
});
