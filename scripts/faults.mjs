// `npm run test:faults`: injects faults into real processes and reports which promises held. See docs/reliability.md.
import { execFileSync, spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { publishReports, readReports } from './lib/fault-reports.mjs';
import { ensureBuilt, ensureInstalled } from './lib/prepare.mjs';
import { inProject } from './lib/project.mjs';

const USAGE = `npm run test:faults -- [options]

  --rows <numbers>    such as 1,3 (default: all); none runs nothing
  --size <size>       full (default), or short as in npm test
  --markdown <file>   afterwards, put the latest full results into the marked block of this file
                      and into docs/reliability.json`;

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '' },
    size: { type: 'string', default: 'full' },
    markdown: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

async function main() {
  const { rows, size, markdown } = values;
  if (!/^(?:|none|\d+(?:,\d+)*)$/.test(rows))
    throw new Error(`--rows ${rows}: numbers with commas are wanted.`);
  if (!['full', 'short'].includes(size)) throw new Error(`--size ${size}: there is full and short.`);
  const failed = rows === 'none' ? 0 : await runRows(rows, size);
  if (markdown !== undefined) {
    await publishReports(markdown);
    console.log(`Wrote the table into ${markdown}.`);
  }
  return failed === 0 ? 0 : 1;
}

/** @returns how many rows failed or did not report. */
async function runRows(rows, size) {
  await ensureInstalled();
  await ensureBuilt();
  const folder = inProject('test', 'faults', 'results', size);
  const numbers = rows === '' ? [] : rows.split(',').map(Number);
  await removeReports(folder, numbers);
  const exitCode = await runJest({
    FAULTS_ROWS: rows,
    FAULTS_SIZE: size,
    FAULTS_FOLDER: folder,
    ...commitEnv(),
  });
  const reports = (await readReports(folder)).filter(({ number }) => rows === '' || numbers.includes(number));
  const holding = reports.filter(({ holds }) => holds).length;
  const silent = numbers.filter((number) => !reports.some((report) => report.number === number));
  for (const number of silent) console.log(`row ${number} did not report.`);
  const failed = reports.length - holding + silent.length;
  console.log(`\n${holding} rows hold, ${failed} do not; reports in ${path.relative('.', folder)}`);
  return failed === 0 && exitCode !== 0 ? 1 : failed;
}

async function removeReports(folder, numbers) {
  if (numbers.length === 0) await rm(folder, { recursive: true, force: true });
  for (const number of numbers) {
    await rm(path.join(folder, `row-${String(number).padStart(2, '0')}.json`), { force: true });
  }
}

/** Jest runs the TypeScript; the rows print their own lines. */
function runJest(env) {
  const jest = inProject('node_modules', 'jest', 'bin', 'jest.js');
  const reporter = inProject('test', 'faults', 'quiet-reporter.cjs');
  const args = [jest, '--selectProjects', 'faults', '--runInBand', `--reporters=${reporter}`];
  const child = spawn(process.execPath, args, {
    cwd: inProject(),
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...env, LEDGER_TEST_IS_BUILT: 'true' },
  });
  // Ctrl-C also reaches Jest, which ends what it started.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  return new Promise((resolve) => child.once('close', (code) => resolve(code ?? 1)));
}

/** Empty in a copy without git. */
function commitEnv() {
  try {
    const git = (...args) =>
      execFileSync('git', args, {
        cwd: inProject(),
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      }).trim();
    const isChanged = git('status', '--porcelain', '--', 'src', 'migrations') !== '';
    return { FAULTS_COMMIT: git('rev-parse', '--short', 'HEAD') + (isChanged ? ', changed since' : '') };
  } catch {
    return {};
  }
}

if (values.help) console.log(USAGE);
else {
  main().then(
    (code) => process.exit(code),
    (error) => {
      console.error(error.message);
      process.exit(1);
    },
  );
}
