import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startRelay } from './relay.js';
import { startServer, type TestServer } from './start-server.cjs';

/** A server that a test may kill and restart at the same address, with the data on its disk. */
export interface OwnServer {
  readonly url: string;
  /** Sends SIGKILL. */
  kill(): Promise<void>;
  restart(): Promise<void>;
  /** Breaks connections as soon as they are made, as a proxy without its server does. Resolves after the given number. */
  hangUp(times: number): Promise<void>;
  /** Stops answering but keeps the connections open, as a network that drops packets would. */
  freeze(): void;
  /** Ends the server after the test, in whatever state it is. */
  stop(): Promise<void>;
}

/** Starts a Redis, which holds no data. */
export async function startOwnRedis(): Promise<OwnServer> {
  return startOwnServer('redis');
}

/** Starts a Postgres, which recovers at the restart when it was killed. */
export async function startOwnPostgres(): Promise<OwnServer> {
  return startOwnServer('postgres');
}

async function startOwnServer(kind: 'postgres' | 'redis'): Promise<OwnServer> {
  const home = await mkdtemp(path.join(tmpdir(), `ledger-test-own-${kind}-`));
  let server: TestServer | null = await startServer(kind, { home });
  // The embedded Postgres takes another port at each start.
  const relay = await startRelay(server.port);
  const url = new URL(server.url);
  url.port = String(relay.port);
  return {
    url: url.href,
    kill: async () => {
      await server?.kill();
      server = null;
      await relay.close();
    },
    restart: async () => {
      server = await startServer(kind, { home });
      await relay.open(server.port);
    },
    hangUp: (times) => relay.hangUp(times),
    freeze: () => {
      relay.freeze();
    },
    stop: async () => {
      await relay.close();
      await server?.stop();
      await rm(home, { recursive: true, force: true });
    },
  };
}
