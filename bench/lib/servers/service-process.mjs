import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const START_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 20_000;
const LOG_TAIL_CHARS = 2_000;

/**
 * @typedef {object} ServiceProcess
 * @property {number} pid
 * @property {number} startedInMs the time from the spawn until it was ready.
 * @property {() => Promise<void>} stop sends SIGTERM, and waits.
 * @property {() => Promise<void>} kill sends SIGKILL, and waits.
 */

/**
 * Starts a server and waits until it is ready. Its output goes to a file, as in production, because reading it here would cost this process
 * time.
 *
 * @param {import('../scope.mjs').Scope} scope
 * @param {object} what
 * @param {string} what.name
 * @param {string} what.program
 * @param {string[]} what.args
 * @param {Record<string, string>} [what.env] its whole environment, except for PATH.
 * @param {string} what.cwd a folder without `.env`, which also gets the log.
 * @param {(log: () => Promise<string>) => Promise<boolean>} what.isReady
 * @param {number} [what.pollMs]
 * @returns {Promise<ServiceProcess>}
 */
export async function startService(scope, { name, program, args, env = {}, cwd, isReady, pollMs = 25 }) {
  const logFile = path.join(cwd, `${name}.log`);
  const log = await open(logFile, 'w');
  const startedAtMs = performance.now();
  const child = spawn(program, args, {
    cwd,
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', log.fd, log.fd],
    // Its own group, so that Ctrl-C does not stop it before its clients.
    detached: true,
  });
  // Registered before any await, because an event without a listener is lost.
  const exited = once(child, 'exit');
  await once(child, 'spawn');
  await scope.defer(() => end(child, exited, 'SIGTERM'));
  await log.close();

  const readLog = () => readFile(logFile, 'utf8');
  while (!(await isReady(readLog))) {
    const hasEnded = child.exitCode !== null || child.signalCode !== null;
    if (hasEnded || performance.now() - startedAtMs > START_LIMIT_MS) {
      const said = (await readLog()).slice(-LOG_TAIL_CHARS);
      throw new Error(`${name} ${hasEnded ? 'ended' : 'was not ready in time'}:\n${said}`);
    }
    await sleep(pollMs);
  }
  return {
    pid: child.pid,
    startedInMs: performance.now() - startedAtMs,
    stop: () => end(child, exited, 'SIGTERM'),
    kill: () => end(child, exited, 'SIGKILL'),
  };
}

async function end(child, exited, signal) {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  child.kill(signal);
  const forced = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
  await exited;
  clearTimeout(forced);
}

export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
