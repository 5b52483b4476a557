// `npm run dev`: the service, compiled and started again at every change.
//
// Not `nest start --watch`: that ends the service by signalling every descendant of it, the embedded database
// included, which would lose its clients in the middle of their shutdown.
import { ensureInstalled } from './lib/prepare.mjs';
import { spawn } from 'node:child_process';
import { inProject, root } from './lib/project.mjs';

/** The service stops within its SHUTDOWN_GRACE_MS; one that hangs must not hold up the next. */
const STOP_TIMEOUT_MS = 15_000;

let service = null;
let restarting = Promise.resolve();
let ending = false;

await ensureInstalled().catch((error) => {
  console.error(error.message);
  process.exit(1);
});
const compiler = startCompiler();
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, end);

function startCompiler() {
  const nest = inProject('node_modules', '@nestjs', 'cli', 'bin', 'nest.js');
  // Process groups of their own: Ctrl-C reaches them through `end`, once.
  const child = spawn(process.execPath, [nest, 'build', '--watch', '--preserveWatchOutput'], {
    cwd: root,
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  child.stdout.setEncoding('utf8').on('data', (text) => {
    process.stdout.write(text);
    // A program with errors is not started: the one before it goes on.
    if (text.includes('Found 0 errors')) restarting = restarting.then(restartService);
  });
  child.once('exit', () => {
    if (ending) return;
    process.exitCode = 1;
    void end();
  });
  return child;
}

async function restartService() {
  await stopService();
  if (ending) return;
  const child = spawn(process.execPath, ['--enable-source-maps', inProject('dist', 'src', 'main.js')], {
    cwd: root,
    detached: true,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  service = child;
  child.once('exit', (code) => {
    service = null;
    if (!ending && code !== 0 && code !== null)
      console.log(`The service ended with ${code}; waiting for a change.`);
  });
}

async function stopService() {
  if (service === null) return;
  const child = service;
  const exited = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
  await exited;
  clearTimeout(timer);
}

async function end() {
  // The second Ctrl-C is for a service that does not stop.
  if (ending) return service?.kill('SIGTERM');
  ending = true;
  compiler.kill('SIGTERM');
  await restarting;
  await stopService();
  process.exit();
}
