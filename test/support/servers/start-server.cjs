'use strict';
// CommonJS, because Jest's global setup (plain Node) and the tests (Jest's sandbox) both load it.
const { spawn } = require('node:child_process');
const path = require('node:path');
const readline = require('node:readline');

/**
 * Starts a real server in a process that stops it when this one ends, even by SIGKILL, because its standard input then closes.
 *
 * @param {'postgres' | 'redis'} kind
 * @param {{ home?: string }} options the same `home` starts another server on the same data
 */
async function startServer(kind, options = {}) {
  const child = spawn(process.execPath, [path.join(__dirname, 'server-process.mjs'), kind], {
    env: { ...process.env, TEST_SERVER_OPTIONS: JSON.stringify(options) },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  // The server may already be gone when it is told to stop.
  child.stdin.on('error', () => undefined);
  const printed = [];
  child.stderr.on('data', (chunk) => printed.push(chunk));
  const exited = new Promise((resolve) => child.once('close', resolve));
  const started = new Promise((resolve) => readline.createInterface(child.stdout).once('line', resolve));

  const line = await Promise.race([started, exited.then(() => null)]);
  if (line === null) throw new Error(Buffer.concat(printed).toString().trim() || `${kind} did not start`);

  const end = async (how) => {
    child.stdin.end(`${how}\n`);
    await exited;
  };
  return {
    ...JSON.parse(line),
    stop: () => end('stop'),
    kill: () => end('kill'),
    stopImmediately: () => end('immediate'),
  };
}

module.exports = { startServer };
