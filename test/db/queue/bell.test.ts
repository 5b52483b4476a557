import { randomUUID } from 'node:crypto';
import { Test } from '@nestjs/testing';
import { Pool } from 'pg';
import { createClient } from 'redis';
import {
  Bell,
  BellModule,
  HINTS_AT_ONCE,
  type BellHint,
  type OnRing,
} from '../../../src/infra/bell/index.js';
import { RedisProbe } from '../../../src/infra/bell/redis-probe.js';
import { DatabaseListener } from '../../../src/infra/database/index.js';
import { executionsProcessorProvider } from '../../../src/modules/consumer/executions.processor.js';
import { eventually } from '../../support/eventually.js';
import { startOwnPostgres, startOwnRedis, type OwnServer } from '../../support/servers/own-server.js';

interface Process {
  readonly bell: Bell;
  /** Every statement that the bell sent through its pool. */
  readonly statements: readonly string[];
  readonly close: () => Promise<void>;
}

type Kind = 'postgres' | 'redis';

const opened: Process[] = [];

/** A busy machine may take longer over a ring than the limit of the service, which is meant for servers that are gone. */
const WAITS_LONG = { ringTimeoutMs: 20_000 };

/** The limit of the service. */
const WAITS_AS_USUAL = {};

/** Opens the bell of one process of the service, with the module as the application wires it. */
async function open(
  kind: Kind,
  url: string,
  role: 'rings' | 'listens',
  limit: { readonly ringTimeoutMs?: number } = WAITS_LONG,
): Promise<Process> {
  const pool = new Pool({ connectionString: url, max: 2, connectionTimeoutMillis: 1_000 });
  pool.on('error', () => undefined);
  const statements: string[] = [];
  const silent = { log: () => undefined, warn: () => undefined };
  const listener = new DatabaseListener({ databaseUrl: url, logger: silent });
  const options = {
    redisUrl: kind === 'redis' ? url : null,
    listener,
    query: async (sql: string, parameters?: unknown[]): Promise<unknown> => {
      statements.push(sql);
      return pool.query(sql, parameters);
    },
    ...limit,
  };
  const module = await Test.createTestingModule({
    imports: [BellModule.forRootAsync({ useFactory: () => options })],
    providers: role === 'listens' ? [executionsProcessorProvider] : [],
  })
    .setLogger(false as never)
    .compile();
  await module.init();
  const process = {
    bell: module.get(Bell),
    statements,
    close: async () => {
      await module.close();
      await listener.close();
      await pool.end();
    },
  };
  opened.push(process);
  return process;
}

async function listenOn(process: Process): Promise<{ heard: (BellHint | null)[] }> {
  const heard: (BellHint | null)[] = [];
  await process.bell.listen((hint) => void heard.push(hint));
  return { heard };
}

function hint(fence = 1): BellHint {
  return { executionId: randomUUID(), fence };
}

function openSockets(): number {
  return process.getActiveResourcesInfo().filter((name) => name.startsWith('TCPSocket')).length;
}

describe.each<{ kind: Kind; start: () => Promise<OwnServer> }>([
  { kind: 'postgres', start: startOwnPostgres },
  { kind: 'redis', start: startOwnRedis },
])('the $kind bell', ({ kind, start }) => {
  let server: OwnServer;

  beforeAll(async () => {
    server = await start();
  });

  afterEach(async () => {
    await Promise.all(opened.splice(0).map((process) => process.close()));
  });

  afterAll(async () => {
    await server.stop();
  });

  /** Opens a listener that is known to be connected, because Postgres has delivered a first ring. */
  async function openListener(): Promise<Process & { heard: (BellHint | null)[] }> {
    const process = await open(kind, server.url, 'listens');
    const { heard } = await listenOn(process);
    if (kind === 'postgres') await eventually(() => heard.length === 1);
    heard.length = 0;
    return { ...process, heard };
  }

  it('is the one that was asked for, and is up', async () => {
    const { bell } = await openListener();
    expect(bell.kind).toBe(kind);
    await eventually(async () => (await bell.check()) === 'up');
  });

  it('is heard in another process', async () => {
    const listener = await openListener();
    const { bell } = await open(kind, server.url, 'rings');
    const rung = hint();
    await bell.ring([rung]);
    await eventually(() => listener.heard.length > 0);
    expect(listener.heard).toEqual([kind === 'redis' ? rung : null]);
    expect(bell.counts()).toEqual({ rung: 1, lost: 0 });
  });

  it('is heard in the process that rings', async () => {
    const { bell, heard } = await openListener();
    await bell.ring([hint()]);
    await eventually(() => heard.length > 0);
    expect(heard).toHaveLength(1);
  });

  it('rings again for an execution that comes back with another fence', async () => {
    const { bell, heard } = await openListener();
    const first = hint(1);
    const second = { ...first, fence: 2 };
    await bell.ring([first]);
    await eventually(() => heard.length === 1);
    await bell.ring([second]);
    await eventually(() => heard.length === 2);
    expect(heard).toEqual(kind === 'redis' ? [first, second] : [null, null]);
  });

  it('follows a ring even when the one before it was followed badly', async () => {
    const { bell } = await open(kind, server.url, 'listens');
    let calls = 0;
    await bell.listen(() => {
      calls += 1;
      throw new Error('no connection for the claim');
    });
    await bell.ring([hint()]);
    await eventually(() => calls >= 1);
    const before = calls;
    await bell.ring([hint()]);
    await eventually(() => calls > before);
  });

  it('does not ring for nothing', async () => {
    const { bell, statements } = await open(kind, server.url, 'rings');
    await bell.ring([]);
    expect(bell.counts()).toEqual({ rung: 0, lost: 0 });
    expect(statements).toEqual([]);
  });

  it('hears nothing after it stopped listening, and still rings', async () => {
    const stopped = await openListener();
    await stopped.bell.stopListening();
    const other = await openListener();
    const hints = [hint(), hint(), hint()];
    for (const one of hints) await stopped.bell.ring([one]);
    await eventually(() => other.heard.length >= (kind === 'redis' ? hints.length : 1));
    expect(stopped.heard).toEqual([]);
  });

  it('leaves no connection behind when it is closed', async () => {
    const before = openSockets();
    const { bell, close } = await openListener();
    await bell.ring([hint()]);
    expect(openSockets()).toBeGreaterThan(before);
    await close();
    opened.length = 0;
    await eventually(() => openSockets() <= before);
    await bell.ring([hint()]);
    expect(bell.counts()).toEqual({ rung: 1, lost: 0 });
  });

  describe('with its server gone', () => {
    afterEach(async () => {
      await server.kill();
      await server.restart();
    });

    async function rings(bell: Bell, heard: readonly unknown[]): Promise<void> {
      const before = heard.length;
      await eventually(async () => {
        // Two hints at once go to Redis through a script, which a restart has forgotten.
        await bell.ring([hint(), hint()]);
        return heard.length > before && (await bell.check()) === 'up';
      });
    }

    it('loses rings without an error, and rings and hears again when the server is back', async () => {
      const { bell } = await open(kind, server.url, 'listens', WAITS_AS_USUAL);
      const { heard } = await listenOn({ bell } as Process);
      await rings(bell, heard);
      await server.kill();
      const { lost } = bell.counts();
      await bell.ring([hint()]);
      expect(bell.counts().lost).toBe(lost + 1);
      expect(await bell.check()).toBe('down');
      await server.restart();
      await rings(bell, heard);
    });

    it('starts without the server and works when that comes', async () => {
      await server.kill();
      const { bell } = await open(kind, server.url, 'listens', WAITS_AS_USUAL);
      const { heard } = await listenOn({ bell } as Process);
      await bell.ring([hint()]);
      expect(bell.counts()).toEqual({ rung: 0, lost: 1 });
      await server.restart();
      await rings(bell, heard);
    });

    it('does not wait for a server that says nothing', async () => {
      const { bell } = await open(kind, server.url, 'listens', WAITS_AS_USUAL);
      const { heard } = await listenOn({ bell } as Process);
      await rings(bell, heard);
      server.freeze();
      const { lost } = bell.counts();
      await bell.ring([hint()]);
      expect(bell.counts().lost).toBe(lost + 1);
      expect(await bell.check()).toBe('down');
    });

    it('comes back after connections that broke as soon as they were made', async () => {
      const { bell } = await open(kind, server.url, 'listens', WAITS_AS_USUAL);
      const { heard } = await listenOn({ bell } as Process);
      await rings(bell, heard);
      await server.hangUp(5);
      await server.kill();
      await server.restart();
      await rings(bell, heard);
    });

    it('closes though the server was never there', async () => {
      await server.kill();
      const before = openSockets();
      const { bell, close } = await open(kind, server.url, 'listens', WAITS_AS_USUAL);
      await bell.listen(() => undefined);
      await close();
      opened.length = 0;
      await eventually(() => openSockets() <= before);
    });

    it('closes while the server is away', async () => {
      const before = openSockets();
      const { bell, close } = await open(kind, server.url, 'listens', WAITS_AS_USUAL);
      const { heard } = await listenOn({ bell } as Process);
      await rings(bell, heard);
      await server.kill();
      await close();
      opened.length = 0;
      await eventually(() => openSockets() <= before);
    });
  });

  if (kind === 'postgres') {
    it('wakes every listener', async () => {
      const listeners = [await openListener(), await openListener()];
      const { bell } = await open(kind, server.url, 'rings');
      await bell.ring([hint()]);
      await eventually(() => listeners.every(({ heard }) => heard.length > 0));
    });

    it('sends one statement for the rings of a moment', async () => {
      const { bell, statements } = await open(kind, server.url, 'rings');
      await Promise.all(Array.from({ length: 1_000 }, () => bell.ring([hint()])));
      expect(statements).toEqual(['NOTIFY prompt_ledger_bell']);
      expect(bell.counts()).toEqual({ rung: 1_000, lost: 0 });
    });

    it('calls a busy listener once more, however often it was rung meanwhile', async () => {
      const { bell } = await open(kind, server.url, 'listens');
      let calls = 0;
      let free: () => void = () => undefined;
      await bell.listen(() => {
        calls += 1;
        return calls === 1 ? new Promise<void>((resolve) => (free = resolve)) : undefined;
      });
      await eventually(() => calls === 1);
      const witness = await openListener();
      for (let i = 1; i <= 5; i += 1) {
        await bell.ring([hint()]);
        await eventually(() => witness.heard.length === i);
      }
      // The check uses the listener's own connection, so its notifications have arrived before the answer.
      expect(await bell.check()).toBe('up');
      expect(calls).toBe(1);
      free();
      await eventually(() => calls === 2);
      await bell.ring([hint()]);
      await eventually(() => calls === 3);
    });
  }

  if (kind === 'redis') {
    it('gives each of many hints to exactly one listener', async () => {
      const listeners = [await openListener(), await openListener()];
      const { bell } = await open(kind, server.url, 'rings');
      const hints = Array.from({ length: 500 }, () => hint());
      await Promise.all([bell.ring(hints.slice(0, 250)), ...hints.slice(250).map((one) => bell.ring([one]))]);
      const rung = hints.map((one) => one.executionId);
      const heard = () =>
        listeners.flatMap((listener) => listener.heard.flatMap((one) => one?.executionId ?? []));
      await eventually(() => rung.every((id) => heard().includes(id)));
      expect(heard().filter((id) => rung.includes(id))).toHaveLength(rung.length);
    });

    it('takes no more hints than it can hold while its listener is busy', async () => {
      const busy = await open(kind, server.url, 'listens');
      const held: (BellHint | null)[] = [];
      const never: OnRing = (one) => {
        held.push(one);
        return new Promise(() => undefined);
      };
      await busy.bell.listen(never);
      const { bell } = await open(kind, server.url, 'rings');
      const hints = Array.from({ length: 20 }, () => hint());
      await bell.ring(hints);
      await eventually(() => held.length === HINTS_AT_ONCE);
      const free = await openListener();
      await eventually(() => free.heard.length === hints.length - HINTS_AT_ONCE);
      expect(held).toHaveLength(HINTS_AT_ONCE);
    });

    it('warns when Redis may evict hints, and not otherwise', async () => {
      const own = await startOwnRedis();
      const warnings: string[] = [];
      const logger = { log: () => undefined, warn: (message: string) => void warnings.push(message) };
      const settings = createClient({ url: own.url });
      await settings.connect();
      const quiet = new RedisProbe({ redisUrl: own.url, logger });
      await eventually(() => quiet.isPolicyKnown);
      expect(warnings).toEqual([]);
      await settings.configSet('maxmemory-policy', 'allkeys-lru');
      const loud = new RedisProbe({ redisUrl: own.url, logger });
      await eventually(() => loud.isPolicyKnown);
      expect(warnings).toEqual([expect.stringContaining('allkeys-lru')]);
      quiet.close();
      loud.close();
      settings.destroy();
      await own.stop();
    });
  }
});
