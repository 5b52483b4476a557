import { createHash } from 'node:crypto';
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { withLock } from './lock.mjs';
import { inProject, root } from './project.mjs';
import { runNode } from './run.mjs';

const NOT_BUILT = /\.(spec|testkit)\.ts$/;

/**
 * The build targets, each with everything that its build reads. The lock file represents the compilers and their plugins. The
 * stamp is inside the output folder, so that clearing that folder makes the next start build again.
 */
const SERVICE = {
  lock: 'build',
  says: 'Building … (a few seconds)',
  sources: [
    ...['src', 'sdk/src', 'migrations'],
    ...['ormconfig.ts', 'tsconfig.json', 'tsconfig.build.json', 'nest-cli.json', 'package-lock.json'],
  ],
  stamp: inProject('dist', '.sources.sha256'),
  args: [inProject('node_modules', '@nestjs', 'cli', 'bin', 'nest.js'), 'build'],
  failure: 'The build failed: see above.',
};
const DASHBOARD = {
  lock: 'build-dashboard',
  says: 'Building the dashboard … (a few seconds)',
  sources: [
    ...['dashboard/src', 'sdk/src', 'src/kernel', 'src/templating', 'src/answers'],
    ...['dashboard/index.html', 'dashboard/vite.config.ts', 'dashboard/package.json', 'package-lock.json'],
  ],
  stamp: inProject('dashboard', 'dist', '.sources.sha256'),
  args: [
    inProject('node_modules', 'vite', 'bin', 'vite.js'),
    'build',
    inProject('dashboard'),
    '--logLevel=warn',
  ],
  failure: 'The dashboard could not be built: see above.',
};

/**
 * Builds `dist` and `dashboard/dist` where they are missing or were made from other sources. Sources are compared by content (20 ms here),
 * because their times change with every checkout and copy.
 *
 * @param {{ quiet?: boolean }} [options] `quiet` prints only failures.
 * @throws {Error} with one sentence, when a build fails; the compiler's messages are printed before.
 */
export async function ensureBuilt({ quiet = false } = {}) {
  for (const target of [SERVICE, DASHBOARD]) await ensureTarget(target, quiet);
}

async function ensureTarget(target, quiet) {
  if (await isBuilt(target)) return;
  await withLock(target.lock, async () => {
    const sources = await hashSources(target);
    if ((await readStamp(target)) === sources) return;
    if (!quiet) console.log(target.says);
    // Removed first, so that an interrupted build does not pass for a complete one.
    await rm(target.stamp, { force: true });
    await runNode(target.args, { quiet, failure: target.failure });
    await writeFile(target.stamp, sources);
  });
}

async function isBuilt(target) {
  const stamp = await readStamp(target);
  return stamp !== null && stamp === (await hashSources(target));
}

function readStamp({ stamp }) {
  return readFile(stamp, 'utf8').catch(() => null);
}

async function hashSources(target) {
  const lists = await Promise.all(target.sources.map(listFiles));
  const files = lists.flat().sort();
  const contents = await Promise.all(files.map((file) => readFile(inProject(file)).catch(missingIsEmpty)));
  const hash = createHash('sha256');
  files.forEach((file, i) => hash.update(`${file} ${contents[i].length}\n`).update(contents[i]));
  return hash.digest('hex');
}

/** Lists the files of a folder. A file is a list of itself, even when it is missing. */
async function listFiles(source) {
  const isFolder = await stat(inProject(source)).then((found) => found.isDirectory(), missingIsEmpty);
  if (isFolder !== true) return [source];
  const entries = await readdir(inProject(source), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && !NOT_BUILT.test(entry.name))
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)));
}

function missingIsEmpty(error) {
  if (error.code === 'ENOENT') return [];
  throw error;
}
