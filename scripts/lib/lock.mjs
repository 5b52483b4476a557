import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cacheDir } from './project.mjs';

const POLL_INTERVAL_MS = 100;

/**
 * Does the work under a lock of this name, which one process holds at a time. A lock whose holder was killed is taken over.
 *
 * @template T
 * @param {string} name
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(name, work) {
  const file = path.join(cacheDir, `${name}.lock`);
  await mkdir(cacheDir, { recursive: true });
  while (!(await tryLock(file))) {
    await removeIfAbandoned(file);
    await sleep(POLL_INTERVAL_MS);
  }
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}

/** Linked into place, so that the file never exists without its holder's process id. */
async function tryLock(file) {
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, String(process.pid));
  try {
    await link(draft, file);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

async function removeIfAbandoned(file) {
  const holder = await readHolder(file);
  if (holder === null || isAlive(holder)) return;
  // Moved away first, so that only one of several that find it abandoned succeeds, and it can check what it got.
  const moved = `${file}.${process.pid}.abandoned`;
  try {
    await rename(file, moved);
    if ((await readHolder(moved)) !== holder) await link(moved, file);
  } catch (error) {
    if (error.code !== 'ENOENT' && error.code !== 'EEXIST') throw error;
  } finally {
    await rm(moved, { force: true });
  }
}

async function readHolder(file) {
  const pid = Number(await readFile(file, 'utf8').catch(() => ''));
  return pid > 0 ? pid : null;
}

function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}
