// Runs one server for a test run: `node server-process.mjs postgres|redis`. Prints one line of JSON when it is ready.
// "kill" on standard input kills the server, "immediate" does what `pg_ctl stop -m immediate` does, and anything else or the end of
// input stops it.
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import readline from 'node:readline';
import { startPostgres } from './postgres-server.mjs';
import { startRedis } from './redis-server.mjs';

const starters = { postgres: startPostgres, redis: startRedis };

async function main() {
  const kind = process.argv[2];
  const options = JSON.parse(process.env.TEST_SERVER_OPTIONS ?? '{}');
  const home = options.home ?? (await mkdtemp(path.join(os.tmpdir(), `ledger-test-${kind}-`)));
  const removeHome = () => rm(home, { recursive: true, force: true });
  // These signals reach the whole group. The parent decides when the server stops, at the latest by its own end.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => undefined);
  // Nobody reads the output after the parent has died, but the server must still be stopped.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

  const server = await starters[kind](home).catch(async (error) => {
    if (options.home === undefined) await removeHome();
    throw error;
  });
  process.stdout.write(`${JSON.stringify({ url: server.url, port: server.port, pid: server.pid })}\n`);

  const how = await firstLine();
  if (how === 'kill') return server.kill();
  if (how === 'immediate') return server.stopImmediately();
  await server.stop();
  // The end of input without a command means that the parent has died, and with it the owner of a home that was passed in.
  if (options.home === undefined || how === null) await removeHome();
}

function firstLine() {
  return new Promise((resolve) => {
    const lines = readline.createInterface(process.stdin);
    lines.once('line', resolve);
    lines.once('close', () => resolve(null));
  });
}

main().then(
  () => process.exit(0),
  (error) => {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  },
);
