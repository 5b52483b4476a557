import { Clock } from '../../kernel/index.js';
import { DatabaseClock } from './database-clock.js';
import type { TenantScope } from './tenant-scope.js';

class FakeClock extends Clock {
  nowMs = 5000;

  monotonicMs(): number {
    return this.nowMs;
  }
}

const NOON_MS = Date.UTC(2031, 4, 6, 12);

async function openClock() {
  const clock = new FakeClock();
  const server = { nowMs: NOON_MS, tripMs: 0, isDown: false, onAsked: () => {} };
  const pass = (ms: number) => {
    clock.nowMs += ms;
    server.nowMs += ms;
  };
  const system = (): Promise<unknown> => {
    if (server.isDown) return Promise.reject(new Error('the database is away'));
    server.onAsked();
    pass(server.tripMs / 2);
    const ms = server.nowMs;
    pass(server.tripMs / 2);
    return Promise.resolve([{ ms }]);
  };
  const databaseClock = new DatabaseClock({ system } as unknown as TenantScope, clock);
  return { clock, server, pass, databaseClock };
}

const msOf = (id: string) => parseInt(id.replaceAll('-', '').slice(0, 12), 16);

describe('DatabaseClock', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('has no time before the database was asked', async () => {
    const { databaseClock } = await openClock();
    expect(() => databaseClock.nowMs()).toThrow('not been read');
  });

  it("tells the database's time, carried on by the monotonic clock, whatever the wall clock says", async () => {
    const { clock, server, databaseClock } = await openClock();
    server.tripMs = 10;
    await databaseClock.onModuleInit();
    jest.setSystemTime(0);
    expect(databaseClock.nowMs()).toBe(server.nowMs);
    expect(server.nowMs).toBe(NOON_MS + 50);
    clock.nowMs += 1234.5;
    expect(databaseClock.nowMs()).toBe(NOON_MS + 1284.5);
    expect(databaseClock.now().toISOString()).toBe('2031-05-06T12:00:01.284Z');
    databaseClock.onModuleDestroy();
  });

  it('goes by the quickest of its trips: the first one may have to connect', async () => {
    const { server, pass, databaseClock } = await openClock();
    const trips = [80, 40, 2, 30, 60];
    server.onAsked = () => {
      // All of the delay is before the database reads its clock.
      pass(trips.shift() ?? 0);
    };
    await databaseClock.onModuleInit();
    expect(Math.abs(databaseClock.nowMs() - server.nowMs)).toBeLessThanOrEqual(1);
    databaseClock.onModuleDestroy();
  });

  it('asks again every minute, and goes on by what it knows while the database is away', async () => {
    const { server, databaseClock } = await openClock();
    await databaseClock.onModuleInit();
    server.isDown = true;
    server.nowMs = NOON_MS + 9000;
    await jest.advanceTimersByTimeAsync(60_000);
    expect(databaseClock.nowMs()).toBe(NOON_MS);
    server.isDown = false;
    await jest.advanceTimersByTimeAsync(60_000);
    expect(databaseClock.nowMs()).toBe(NOON_MS + 9000);
    databaseClock.onModuleDestroy();
    server.nowMs = NOON_MS + 99_000;
    await jest.advanceTimersByTimeAsync(120_000);
    expect(databaseClock.nowMs()).toBe(NOON_MS + 9000);
  });

  it("makes UUIDv7 of the database's time", async () => {
    const { clock, databaseClock } = await openClock();
    await databaseClock.onModuleInit();
    clock.nowMs += 0.5;
    const id = databaseClock.newId();
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(msOf(id)).toBe(NOON_MS);
    // Half a millisecond in units of 1/4096 ms.
    expect(id.slice(15, 18)).toBe('800');
    databaseClock.onModuleDestroy();
  });

  it('makes ids that ascend, within a millisecond too', async () => {
    const { clock, databaseClock } = await openClock();
    await databaseClock.onModuleInit();
    const ids = Array.from({ length: 10_000 }, (_, index) => {
      if (index % 100 === 0) clock.nowMs += 0.01;
      return databaseClock.newId();
    });
    expect([...ids].sort()).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
    databaseClock.onModuleDestroy();
  });

  it('makes ids that ascend over a clock that was set back a little, and follow one that was set back for good', async () => {
    const { server, databaseClock } = await openClock();
    await databaseClock.onModuleInit();
    const before = databaseClock.newId();
    server.nowMs = NOON_MS - 20;
    await jest.advanceTimersByTimeAsync(60_000);
    expect(databaseClock.newId() > before).toBe(true);
    server.nowMs = NOON_MS - 3_600_000;
    await jest.advanceTimersByTimeAsync(60_000);
    expect(msOf(databaseClock.newId())).toBe(NOON_MS - 3_600_000);
    databaseClock.onModuleDestroy();
  });
});
