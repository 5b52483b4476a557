// `npm test`: installs and builds what is missing, then runs every suite. Further arguments go to Jest:
// `npm test -- --selectProjects db bell` runs the files of that project whose path contains `bell`.
// test/support/jest/global-setup.mjs starts the servers.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import findChromiumModule from '../test/support/servers/find-chromium.cjs';
import { arrangeArguments } from './lib/jest-arguments.mjs';
import { ensureBuilt, ensureInstalled } from './lib/prepare.mjs';

const { findChromium } = findChromiumModule;
const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

async function main() {
  await ensureInstalled();
  await ensureBuilt();
  if (process.env.CI !== 'true' && findChromium() === null) {
    console.log(
      'Without Chromium the tests of the dashboard are left out: install chromium, or set CHROMIUM_PATH.',
    );
  }
  const folder = await mkdtemp(path.join(os.tmpdir(), 'ledger-test-summary-'));
  // A caller that adds up several runs names the file.
  const summaryFile = process.env.TEST_SUMMARY_FILE || path.join(folder, 'summary.json');
  const exitCode = await runJest(arrangeArguments(process.argv.slice(2)), summaryFile);
  const { passed, failed } = await readSummary(summaryFile, exitCode);
  await rm(folder, { recursive: true, force: true });
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  return exitCode === 0 && failed === 0 ? 0 : 1;
}

function runJest(args, summaryFile) {
  console.log('Running the tests …');
  const jest = path.join(root, 'node_modules', 'jest', 'bin', 'jest.js');
  // The modules of a suite live as long as the suite. A larger young generation saves a twentieth of the processor time.
  const child = spawn(process.execPath, ['--max-semi-space-size=32', jest, ...args], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, TEST_SUMMARY_FILE: summaryFile, LEDGER_TEST_IS_BUILT: 'true' },
  });
  // Ctrl-C also reaches Jest, which stops its servers; this process prints the result.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  return new Promise((resolve) => child.once('close', (code) => resolve(code ?? 1)));
}

/** A run that ended before its summary, or without a test, counts as one failure. */
async function readSummary(file, exitCode) {
  const none = { passed: 0, failed: 0 };
  const summary = existsSync(file) ? JSON.parse(await readFile(file, 'utf8')) : none;
  return exitCode !== 0 && summary.failed === 0 ? { ...summary, failed: 1 } : summary;
}

main().then(
  (code) => process.exit(code),
  (error) => {
    console.error(error.message);
    console.log('0 passed, 1 failed');
    process.exit(1);
  },
);
