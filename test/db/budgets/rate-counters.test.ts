import { setTimeout as sleep } from 'node:timers/promises';
import { openRedis, type RedisConnection } from '../../../src/infra/redis/index.js';
import type { Counters } from '../../../src/infra/supervision/index.js';
import { SystemClock } from '../../../src/kernel/index.js';
import { RateCounters } from '../../../src/modules/limits/rate-counters.js';
import { eventually } from '../../support/eventually.js';
import { type OwnServer, startOwnRedis } from '../../support/servers/own-server.js';
import { testRedisUrl } from '../../support/servers/redis.js';

let counted = 0;
/** Returns a name under which nothing has been counted. */
const newId = () => `${process.pid}-${Date.now()}-${(counted += 1)}`;
const add = (id: string, points: number) => (counters: Counters) => counters.add(id, points);
const read = (id: string) => (counters: Counters) => counters.read(id);

interface Opened {
  readonly counters: RateCounters;
  readonly connection: RedisConnection;
}

/** Opens the limits of one process; ready when its counters are in Redis. */
async function openShared(url: string): Promise<Opened> {
  const connection = openRedis(url);
  const opened = { counters: new RateCounters(connection, new SystemClock()), connection };
  await untilShared(opened);
  return opened;
}

async function untilShared({ counters, connection }: Opened): Promise<void> {
  await eventually(async () => {
    const id = newId();
    await counters.ask(add(id, 1));
    return connection.isReady && (await connection.exists(`prompt-ledger-rate:${id}`)) === 1;
  });
}

describe.each([
  ['memory', () => Promise.resolve(new RateCounters(null, new SystemClock()))],
  ['Redis', async () => (await openShared(testRedisUrl())).counters],
])('counting in %s', (_where, open) => {
  let counters: RateCounters;

  beforeAll(async () => {
    counters = await open();
  });
  afterAll(() => {
    counters.onApplicationShutdown();
  });

  it('begins with nothing, and a whole minute', async () => {
    expect(await counters.ask(read(newId()))).toEqual({ used: 0, resetMs: 60_000 });
  });

  it('adds up within the minute that began with the first', async () => {
    const id = newId();
    await counters.ask(add(id, 3));
    await sleep(20);
    const { used, resetMs } = await counters.ask(add(id, 4));
    expect(used).toBe(7);
    expect(resetMs).toBeGreaterThan(0);
    expect(resetMs).toBeLessThan(60_000);
    expect(await counters.ask(read(id))).toMatchObject({ used: 7 });
  });

  it('loses none of those that come at once', async () => {
    const id = newId();
    const counts = await Promise.all(Array.from({ length: 200 }, () => counters.ask(add(id, 1))));
    expect(counts.map(({ used }) => used).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 200 }, (_, index) => index + 1),
    );
  });

  it('takes back what was not used', async () => {
    const id = newId();
    await counters.ask(add(id, 10));
    await counters.ask((store) => store.giveBack(id, 4));
    expect(await counters.ask(read(id))).toMatchObject({ used: 6 });
  });
});

describe('counting by two processes', () => {
  it('adds up in Redis', async () => {
    const [{ counters: a }, { counters: b }] = [
      await openShared(testRedisUrl()),
      await openShared(testRedisUrl()),
    ];
    const id = newId();
    await Promise.all([a.ask(add(id, 5)), b.ask(add(id, 7))]);
    expect(await a.ask(read(id))).toMatchObject({ used: 12 });
    for (const each of [a, b]) each.onApplicationShutdown();
  });
});

describe('a Redis that goes away', () => {
  let redis: OwnServer;
  let opened: Opened;
  let counters: RateCounters;

  beforeEach(async () => {
    redis = await startOwnRedis();
    opened = await openShared(redis.url);
    ({ counters } = opened);
  });
  afterEach(async () => {
    counters.onApplicationShutdown();
    await redis.stop();
  });

  it('lets the process count by itself, and together with others again when it is back', async () => {
    const id = newId();
    await counters.ask(add(id, 100));
    await redis.kill();
    expect(await counters.ask(add(id, 1))).toMatchObject({ used: 1 });
    expect(await counters.ask(add(id, 1))).toMatchObject({ used: 2 });
    await redis.restart();
    await untilShared(opened);
    const { counters: other } = await openShared(redis.url);
    const another = newId();
    await counters.ask(add(another, 5));
    expect(await other.ask(add(another, 2))).toMatchObject({ used: 7 });
    other.onApplicationShutdown();
  });

  it('and says nothing any more makes one request wait, and not for long', async () => {
    redis.freeze();
    const id = newId();
    expect(await counters.ask(add(id, 1))).toMatchObject({ used: 1 });
    // Later requests do not ask Redis.
    const asked = jest.spyOn(opened.connection, 'eval');
    const counts = await Promise.all(Array.from({ length: 20 }, () => counters.ask(add(id, 1))));
    expect(counts.at(-1)).toMatchObject({ used: 21 });
    expect(asked.mock.calls.length).toBeLessThanOrEqual(1);
  });

  it('and was never there is no reason to wait or to fail', async () => {
    await redis.kill();
    const late = new RateCounters(openRedis(redis.url), new SystemClock());
    expect(await late.ask(add('a', 2))).toMatchObject({ used: 2 });
    late.onApplicationShutdown();
  });
});
