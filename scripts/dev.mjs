// `npm run dev`: recompiles and restarts the service at every change.
//
// It does not use `nest start --watch`, which signals every descendant of the service. The embedded database would then stop while its
// clients are still shutting down.
import { ensureInstalled } from './lib/prepare.mjs';
import { spawn } from 'node:child_process';
import { inProject, root } from './lib/project.mjs';

/** The service stops within its SHUTDOWN_GRACE_MS. One that hangs must not block the next. */
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
  // Separate process groups, so that Ctrl-C reaches them once, through `end`.
  const child = spawn(process.execPath, [nest, 'build', '--watch', '--preserveWatchOutput'], {
    cwd: root,
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  child.stdout.setEncoding('utf8').on('data', (text) => {
    process.stdout.write(text);
    // A program with errors is not started, and the previous one keeps running.
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
  // A second Ctrl-C is for a service that does not stop.
  if (ending) return service?.kill('SIGTERM');
  ending = true;
  compiler.kill('SIGTERM');
  await restarting;
  await stopService();
  process.exit();
}
