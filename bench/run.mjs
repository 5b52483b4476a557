// `npm run bench`: measures the service next to its peers. See docs/performance.md.
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { ensureBuilt, ensureInstalled } from '../scripts/lib/prepare.mjs';
import { readOptions, USAGE } from './lib/options.mjs';
import { inProject } from './lib/project.mjs';
import { machineLines, plainTable } from './lib/report/report.mjs';
import { publicOptions, readResults, updateMarkdown, writeResults } from './lib/report/results.mjs';
import { Scope } from './lib/scope.mjs';

const scope = new Scope();
let tempDir = null;
let isInterrupted = false;

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    if (isInterrupted) process.exit(130);
    isInterrupted = true;
    // Running scenarios fail now, because their processes are gone.
    void scope.close();
  });
}

try {
  await main(readOptions(process.argv.slice(2)));
} catch (error) {
  if (!isInterrupted) console.error(`\nThe benchmark failed: ${error.message}`);
  process.exitCode = 1;
}
await scope.close();
// Only after everything has ended, because a start that was interrupted still writes there.
if (tempDir !== null) await rm(tempDir, { recursive: true, force: true });
process.exit(isInterrupted ? 130 : process.exitCode);

async function main(options) {
  if (options.help) {
    console.log(USAGE);
    return;
  }
  const isMeasured = options.only.length > 0 || options.guard !== null;
  const results = isMeasured ? await measure(options) : await readResults(options.out);
  print(results);
  if (options.markdown === null) return;
  await updateMarkdown(options.markdown, results);
  console.log(`Wrote the table into ${options.markdown}.`);
}

/** Writes the results so far after each scenario, so that an interrupted long run keeps the complete ones. */
async function measure(options) {
  await ensureInstalled();
  await ensureBuilt();
  // Imported here, because they need the packages that were just installed.
  const { loadScenario, startBench } = await import('./lib/bench.mjs');
  tempDir = await mkdtemp(path.join(os.tmpdir(), 'ledger-bench-'));
  const bench = await startBench(scope, tempDir, options);
  const measures = options.guard === null ? options.only.map(loadScenario) : [loadGuard()];
  const measured = [];
  let results = null;
  for (const measureNext of await Promise.all(measures)) {
    measured.push(await measureNext(bench));
    results = toResults(bench, measured);
    console.error(`… wrote ${path.relative('.', await writeResults(options, results))}`);
  }
  return results;
}

function toResults(bench, measured) {
  const results = measured.flatMap((scenario) => scenario.results);
  return {
    measuredAt: new Date().toISOString(),
    commit: currentCommit(),
    machine: bench.machine,
    features: bench.features,
    options: publicOptions(bench.options),
    rows: results.flatMap(({ rows }) => rows),
    notes: measured.flatMap(({ notes }) => notes),
    details: results.map(({ rows: _, ...detail }) => detail),
  };
}

async function loadGuard() {
  const { measureBeside } = await import('./guard/measure-beside.mjs');
  return (bench) => measureBeside(bench, bench.options.guard);
}

function print(results) {
  console.log(`\n${machineLines(results).join('\n')}`);
  console.log(`on: ${results.features.join('; ')}\n`);
  console.log(plainTable(results.rows));
  console.log(`\n${results.notes.map((note) => `* ${note}`).join('\n')}`);
}

/** Null in a copy without git. */
function currentCommit() {
  try {
    const git = (...args) =>
      execFileSync('git', args, {
        cwd: inProject(),
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      }).trim();
    const isChanged = git('status', '--porcelain', '--', 'src', 'migrations') !== '';
    return git('rev-parse', '--short', 'HEAD') + (isChanged ? ', changed since' : '');
  } catch {
    return null;
  }
}
