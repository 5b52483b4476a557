import { createHash } from 'node:crypto';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { withLock } from './lock.mjs';
import { inProject, root } from './project.mjs';
import { runNode } from './run.mjs';

/** Everything that the build reads. The lock stands for the compiler and its plugins. */
const SOURCE_DIRS = ['src', 'sdk/src', 'migrations'];
const SOURCE_FILES = [
  'ormconfig.ts',
  'tsconfig.json',
  'tsconfig.build.json',
  'nest-cli.json',
  'package-lock.json',
];
const NOT_BUILT = /\.(spec|testkit)\.ts$/;

/** In `dist`, so that whatever clears that folder makes the next start build again. */
const stampFile = inProject('dist', '.sources.sha256');

/**
 * Builds `dist` if it is missing or was made from other sources. The sources are compared by content (20 ms
 * here): their times change with every checkout and copy.
 *
 * @param {{ quiet?: boolean }} [options] `quiet` prints only failures.
 * @throws {Error} with one sentence, when the build fails; the compiler's messages are printed before.
 */
export async function ensureBuilt({ quiet = false } = {}) {
  if (await isBuilt()) return;
  await withLock('build', async () => {
    const sources = await hashSources();
    if ((await readStamp()) === sources) return;
    if (!quiet) console.log('Building … (a few seconds)');
    // First, so that a build that is cut short does not pass for one.
    await rm(stampFile, { force: true });
    await runNode([inProject('node_modules', '@nestjs', 'cli', 'bin', 'nest.js'), 'build'], {
      quiet,
      failure: 'The build failed: see above.',
    });
    await writeFile(stampFile, sources);
  });
}

async function isBuilt() {
  const stamp = await readStamp();
  return stamp !== null && stamp === (await hashSources());
}

function readStamp() {
  return readFile(stampFile, 'utf8').catch(() => null);
}

async function hashSources() {
  const lists = await Promise.all(SOURCE_DIRS.map(listFiles));
  const files = [...lists.flat(), ...SOURCE_FILES].sort();
  const contents = await Promise.all(files.map((file) => readFile(inProject(file)).catch(missingIsEmpty)));
  const hash = createHash('sha256');
  files.forEach((file, i) => hash.update(`${file} ${contents[i].length}\n`).update(contents[i]));
  return hash.digest('hex');
}

async function listFiles(dir) {
  const entries = await readdir(inProject(dir), { recursive: true, withFileTypes: true }).catch(
    missingIsEmpty,
  );
  return entries
    .filter((entry) => entry.isFile() && !NOT_BUILT.test(entry.name))
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)));
}

function missingIsEmpty(error) {
  if (error.code === 'ENOENT') return [];
  throw error;
}
