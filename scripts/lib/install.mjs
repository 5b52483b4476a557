import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { withLock } from './lock.mjs';
import { cacheDir, inProject } from './project.mjs';
import { runNode } from './run.mjs';

const lockFile = inProject('package-lock.json');
/** npm writes it at the end of a successful install. */
const npmRecord = inProject('node_modules', '.package-lock.json');
const stampFile = path.join(cacheDir, 'installed.sha256');
/** Exists while npm works. */
const unfinishedFile = path.join(cacheDir, 'installing');

/**
 * Installs the dependencies if they are missing or if package-lock.json has changed since.
 *
 * @param {{ quiet?: boolean }} [options] `quiet` prints only failures.
 * @throws {Error} with one sentence, when npm fails.
 */
export async function ensureInstalled({ quiet = false } = {}) {
  if (await isInstalled()) return;
  await withLock('install', async () => {
    // Another start may have installed while this one waited.
    if (await isInstalled()) return;
    if (!quiet) console.log('Installing dependencies … (once, about a minute)');
    await install(quiet);
    await writeStamp();
  });
}

/**
 * Uses `npm install` instead of `npm ci`, because `ci` refuses a lock that lacks an entry for another platform's optional
 * package, which is how npm writes it where the registry does not serve that package. Without saving, `install`
 * follows the lock and leaves it alone. The build needs the dev dependencies, even where
 * NODE_ENV is `production`.
 */
async function install(quiet) {
  if (existsSync(unfinishedFile)) await clearModules();
  await writeFile(unfinishedFile, '');
  const args = ['install', '--no-save', '--no-audit', '--no-fund', '--include=dev', '--include=optional'];
  const failure = 'The dependencies could not be installed: see above, and run `npm start` again.';
  try {
    await runNode([findNpm(), ...args], { quiet, failure });
  } catch (error) {
    // npm has rolled back when it gave up by itself.
    if (error.exitCode !== null) await rm(unfinishedFile);
    throw error;
  }
  await rm(unfinishedFile);
}

/** npm treats a package that was half unpacked when npm was killed as complete. */
async function clearModules() {
  const dir = inProject('node_modules');
  const entries = (await readdir(dir)).filter((name) => name !== '.cache');
  for (const name of entries) await rm(path.join(dir, name), { recursive: true });
}

/** npm passes its path to its scripts. Otherwise it is next to Node. */
function findNpm() {
  const named = process.env.npm_execpath ?? '';
  const bin = path.dirname(process.execPath);
  const candidates = [
    /npm-cli\.c?js$/.test(named) ? named : '',
    path.join(bin, '../lib/node_modules/npm/bin/npm-cli.js'),
    path.join(bin, 'node_modules/npm/bin/npm-cli.js'),
    path.join(bin, '../share/nodejs/npm/bin/npm-cli.js'),
  ];
  const found = candidates.find((file) => file !== '' && existsSync(file));
  if (found === undefined) throw new Error('npm was not found: run `npm install`, then start again.');
  return found;
}

async function isInstalled() {
  if (existsSync(unfinishedFile) || !existsSync(npmRecord)) return false;
  // An install without dev dependencies, as for production.
  if (!existsSync(inProject('node_modules', '@nestjs', 'cli'))) return false;
  const stamp = await readFile(stampFile, 'utf8').catch(() => null);
  if (stamp === (await hashLock())) return true;
  // After a manual npm run, its record is the newer file.
  const [record, lock] = await Promise.all([stat(npmRecord), stat(lockFile)]);
  if (record.mtimeMs < lock.mtimeMs) return false;
  await writeStamp();
  return true;
}

async function hashLock() {
  return createHash('sha256')
    .update(await readFile(lockFile))
    .digest('hex');
}

/** Where node_modules is not writable, file times decide again at the next start. */
async function writeStamp() {
  try {
    await mkdir(cacheDir, { recursive: true });
    await writeFile(stampFile, await hashLock());
  } catch (error) {
    if (!['EACCES', 'EPERM', 'EROFS'].includes(error.code)) throw error;
  }
}
