import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import readline from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { quickStart } from '../start/quick-start.js';

const DIST = path.join(__dirname, '../../../dist/src');
const START_LIMIT_MS = 60_000;
const POLL_MS = 25;

export interface StartOptions {
  /** The whole environment of the process, except for PATH, so that no variable of the developer leaks into a test. */
  readonly env: Readonly<Record<string, string>>;
}

export interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface ServiceProcess {
  readonly pid: number;
  /** Every line of standard output and standard error so far. */
  readonly logs: readonly string[];
  /** Resolves when the process is gone. */
  readonly exit: Promise<ProcessExit>;
  /** Sends SIGTERM, then waits. */
  stop(): Promise<ProcessExit>;
  /** Sends SIGKILL, then waits. */
  kill(): Promise<ProcessExit>;
}

export interface LedgerProcess extends ServiceProcess {
  /** Without a slash at the end. */
  readonly url: string;
}

const running = new Set<ServiceProcess>();

afterAll(async () => {
  await Promise.all([...running].map((service) => service.kill()));
});

/** Starts the API in its own process; ready when `/health` answers 200. `PORT` is a free port unless `env` sets it. */
export async function startLedger({ env }: StartOptions): Promise<LedgerProcess> {
  const port = env.PORT ?? String(await freePort());
  const service = spawnService('main.js', { ...env, PORT: port });
  const url = `http://127.0.0.1:${port}`;
  await untilReady(service, () => isHealthy(url));
  return { ...service, url };
}

/** Starts a worker in its own process; ready when it logs `worker ready`. */
export async function startWorker({ env }: StartOptions): Promise<ServiceProcess> {
  const service = spawnService('worker.js', env);
  await untilReady(service, () =>
    Promise.resolve(service.logs.some((line) => line.includes('worker ready'))),
  );
  return service;
}

/** Starts an entry point of the build without waiting until it is ready, for tests that await its end. */
export function spawnService(
  entry: 'main.js' | 'worker.js' | 'cli.js',
  env: Readonly<Record<string, string>>,
  args: readonly string[] = [],
): ServiceProcess {
  // An empty folder of its own, so that the process reads no `.env` of the developer and shares no data.
  const cwd = mkdtempSync(path.join(tmpdir(), 'ledger-test-process-'));
  const child = spawn(process.execPath, [...quickStart(), path.join(DIST, entry), ...args], {
    cwd,
    // No test takes the port of a service that the developer runs, even where it expects the start to fail.
    env: { PATH: process.env.PATH, ...(entry === 'main.js' && { PORT: '0' }), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exit = new Promise<ProcessExit>((resolve) => {
    child.once('close', (code, signal) => {
      resolve({ code, signal });
    });
  });
  const end = async (signal: NodeJS.Signals): Promise<ProcessExit> => {
    child.kill(signal);
    return exit;
  };
  const service: ServiceProcess = {
    pid: child.pid ?? 0,
    logs: collectLines(child),
    exit,
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
  };
  running.add(service);
  void exit.then(() => {
    running.delete(service);
    rmSync(cwd, { recursive: true, force: true });
  });
  return service;
}

function collectLines(child: ChildProcess): string[] {
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    if (stream !== null) readline.createInterface(stream).on('line', (line) => lines.push(line));
  }
  return lines;
}

async function untilReady(service: ServiceProcess, isReady: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + START_LIMIT_MS;
  while (!(await isReady())) {
    const hasEnded = await Promise.race([service.exit.then(() => true), sleep(POLL_MS, false)]);
    if (!hasEnded && Date.now() < deadline) continue;
    const { code, signal } = await service.kill();
    const how = hasEnded ? `ended with ${String(signal ?? code)}` : 'was not ready in time';
    throw new Error(`The process ${how}:\n${service.logs.join('\n')}`);
  }
}

async function isHealthy(url: string): Promise<boolean> {
  return fetch(`${url}/health`).then(
    (response) => response.status === 200,
    () => false,
  );
}

export async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => {
        resolve(port);
      });
    });
  });
}
