import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const START_LIMIT_MS = 60_000;
const RETRY_MS = 50;

/** Waits until `probe` succeeds. Fails when the child ends first, or after a minute. */
export async function untilReady(name, child, probe) {
  let failure = null;
  child.once('error', (error) => {
    failure = error.message;
  });
  child.once('exit', (code, signal) => {
    failure = `it ended with ${signal ?? code}`;
  });
  const deadline = Date.now() + START_LIMIT_MS;
  while (failure === null && Date.now() < deadline) {
    const isReady = await probe().then(
      () => true,
      () => false,
    );
    if (isReady) return;
    await sleep(RETRY_MS);
  }
  child.kill('SIGKILL');
  throw new Error(`${name} did not start: ${failure ?? 'it does not answer'}`);
}

export async function endProcess(child, signal) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  await exited;
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
