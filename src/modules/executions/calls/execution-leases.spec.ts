import { Logger } from '@nestjs/common';
import { AppConfig, parseEnvironment } from '../../../infra/config/index.js';
import { Clock } from '../../../kernel/index.js';
import type { Claim } from '../facts/claim.js';
import { ExecutionLeases } from './execution-leases.js';
import type { ExecutionsRepository } from '../record/index.js';

class TimersClock extends Clock {
  monotonicMs(): number {
    return performance.now();
  }
}

const claimOf = (executionId: string, fence = 1): Claim => ({ projectId: 'project', executionId, fence });

const MODEL = { modelId: 'model' };
const DISPATCHED = { keyId: null, tokensPerMinute: 7, ancestors: [] };

/** Opens leases of three seconds, unless a test says otherwise. */
function openLeases(leaseMs = 3000) {
  const renewals: (readonly Claim[])[] = [];
  const database = { lost: [] as Claim[], isDown: false, announcingMs: 0, answered: Promise.resolve() };
  const renew = async (claims: readonly Claim[]): Promise<Claim[]> => {
    renewals.push(claims);
    await database.answered;
    if (database.isDown) throw new Error('the database is away');
    return claims.filter((claim) => database.lost.includes(claim));
  };
  const dispatch = async (claim: Claim) => {
    await jest.advanceTimersByTimeAsync(database.announcingMs);
    return database.lost.includes(claim) ? null : DISPATCHED;
  };
  const backends = { databaseUrl: '', keyHashSecret: null, embedded: false };
  const config = new AppConfig(parseEnvironment({ LEASE_MS: String(leaseMs) }), backends);
  const executions = { renew, dispatch } as unknown as ExecutionsRepository;
  const leases = new ExecutionLeases(config, executions, new TimersClock());
  return { leases, renewals, database };
}

describe('ExecutionLeases', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('renews all that are held in one statement, every third of their length', async () => {
    const { leases, renewals } = openLeases();
    const [a, b] = [claimOf('a'), claimOf('b')];
    const first = leases.hold(a, performance.now());
    const second = leases.hold(b, performance.now());
    await jest.advanceTimersByTimeAsync(3000);
    expect(renewals).toEqual([
      [a, b],
      [a, b],
      [a, b],
    ]);
    first.end();
    await jest.advanceTimersByTimeAsync(1000);
    expect(renewals.at(-1)).toEqual([b]);
    expect(second.isCertain).toBe(true);
    second.end();
    await jest.advanceTimersByTimeAsync(60_000);
    expect(renewals).toHaveLength(4);
    expect(jest.getTimerCount()).toBe(0);
    leases.hold(a, performance.now());
    await jest.advanceTimersByTimeAsync(1000);
    expect(renewals).toHaveLength(5);
    leases.beforeApplicationShutdown();
  });

  it('stops the call of one that was lost, and of no other, be it of the same execution', async () => {
    const { leases, database } = openLeases();
    const old = claimOf('a', 1);
    const [lost, current] = [
      leases.hold(old, performance.now()),
      leases.hold(claimOf('a', 2), performance.now()),
    ];
    database.lost.push(old);
    await jest.advanceTimersByTimeAsync(1000);
    expect([lost.signal.aborted, current.signal.aborted]).toEqual([true, false]);
    expect(lost.signal.reason).toEqual(new Error('the execution passed to another process'));
    expect([lost.isCertain, current.isCertain]).toEqual([false, true]);
    leases.beforeApplicationShutdown();
  });

  it('is certain of a lease only for as long as it cannot have lapsed', async () => {
    const { leases, database } = openLeases();
    database.isDown = true;
    const lease = leases.hold(claimOf('a'), performance.now());
    await jest.advanceTimersByTimeAsync(2999);
    expect(lease.isCertain).toBe(true);
    await jest.advanceTimersByTimeAsync(1);
    expect(lease.isCertain).toBe(false);
    // A lease goes on until it is reported lost.
    expect(lease.signal.aborted).toBe(false);
    database.isDown = false;
    await jest.advanceTimersByTimeAsync(1000);
    expect(lease.isCertain).toBe(true);
    lease.end();
    expect(lease.isCertain).toBe(false);
    leases.beforeApplicationShutdown();
  });

  it('holds an attempt from when the statement that announces it was sent', async () => {
    const { leases, database } = openLeases();
    database.announcingMs = 2999;
    const inTime = await leases.dispatch(claimOf('a'), 1, MODEL);
    expect(inTime).toMatchObject(DISPATCHED);
    expect(inTime?.lease.isCertain).toBe(true);
    database.announcingMs = 3000;
    const late = await leases.dispatch(claimOf('b'), 1, MODEL);
    expect(late?.lease.isCertain).toBe(false);
    leases.beforeApplicationShutdown();
  });

  it('holds no attempt of what has passed to another process', async () => {
    const { leases, database } = openLeases();
    const lost = claimOf('a');
    database.lost.push(lost);
    expect(await leases.dispatch(lost, 1, MODEL)).toBeNull();
    expect(jest.getTimerCount()).toBe(0);
  });

  it('does not hold again what ends while it is renewed', async () => {
    const { leases, renewals, database } = openLeases();
    let answer = (): void => undefined;
    database.answered = new Promise((resolve) => (answer = resolve));
    const lease = leases.hold(claimOf('a'), performance.now());
    await jest.advanceTimersByTimeAsync(1000);
    lease.end();
    answer();
    await jest.advanceTimersByTimeAsync(60_000);
    expect(lease.isCertain).toBe(false);
    expect(renewals).toHaveLength(1);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('tries again within a second when the database is away, and says why', async () => {
    const warned = jest.spyOn(Logger.prototype, 'warn').mockReturnValue(undefined);
    const { leases, renewals, database } = openLeases(30_000);
    database.isDown = true;
    leases.hold(claimOf('a'), performance.now());
    await jest.advanceTimersByTimeAsync(10_000);
    expect(renewals).toHaveLength(1);
    await jest.advanceTimersByTimeAsync(1000);
    expect(renewals).toHaveLength(2);
    expect(warned).toHaveBeenCalledWith('leases could not be renewed: the database is away');
    database.isDown = false;
    await jest.advanceTimersByTimeAsync(1000);
    await jest.advanceTimersByTimeAsync(9999);
    expect(renewals).toHaveLength(3);
    leases.beforeApplicationShutdown();
    warned.mockRestore();
  });

  it('renews nothing any more when the process ends', async () => {
    const { leases, renewals } = openLeases();
    leases.hold(claimOf('a'), performance.now());
    leases.beforeApplicationShutdown();
    await jest.advanceTimersByTimeAsync(60_000);
    expect(renewals).toEqual([]);
  });
});
