import { spawn } from 'node:child_process';
import { root } from './project.mjs';

const SIGNALS = ['SIGINT', 'SIGTERM'];
/** npm finishes its installation before it rolls back, which takes half a minute. */
const STOP_TIMEOUT_MS = 2_000;

/**
 * Runs a Node program to its end. A signal that arrives meanwhile ends it and then this process, so that nothing is left running.
 *
 * @param {string[]} args arguments of `node`.
 * @param {{ quiet: boolean, failure: string }} options `quiet` shows its output only when it fails; `failure` is the message of the error
 * that is thrown then, whose `exitCode` is null when a signal ended the program.
 */
export async function runNode(args, { quiet, failure }) {
  const output = quiet ? 'pipe' : 'inherit';
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', output, output] });
  let said = '';
  child.stdout?.on('data', (chunk) => (said += chunk));
  child.stderr?.on('data', (chunk) => (said += chunk));

  let received = null;
  const forward = (signal) => {
    received = signal;
    child.kill(signal);
    setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS).unref();
  };
  for (const signal of SIGNALS) process.on(signal, forward);
  const exitCode = await new Promise((resolve, reject) => child.once('close', resolve).once('error', reject));
  for (const signal of SIGNALS) process.off(signal, forward);

  if (received !== null) process.kill(process.pid, received);
  if (exitCode === 0) return;
  process.stderr.write(said);
  throw Object.assign(new Error(failure), { exitCode });
}
