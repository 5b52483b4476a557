import { existsSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const PRELOAD = fileURLToPath(new URL('../../processes/profile-preload.cjs', import.meta.url));
const WRITE_LIMIT_MS = 30_000;
const POLL_MS = 20;

/**
 * @typedef {object} Profiler
 * @property {string[]} nodeArgs for the process to profile.
 * @property {Record<string, string>} env for that process.
 * @property {<T>(pid: number, name: string, work: () => Promise<T>) => Promise<T>} during profiles the process during the work, and writes
 * `<name>.cpuprofile` to the folder.
 */

/** @param {string | null} folder null profiles nothing. @returns {Promise<Profiler>} */
export async function createProfiler(folder) {
  if (folder === null) return { nodeArgs: [], env: {}, during: (_pid, _name, work) => work() };
  const target = path.resolve(folder);
  await mkdir(target, { recursive: true });
  const counts = new Map();
  return {
    nodeArgs: ['--require', PRELOAD],
    env: { BENCH_PROFILE_FOLDER: target },
    during: async (pid, name, work) => {
      process.kill(pid, 'SIGUSR2');
      const result = await work();
      process.kill(pid, 'SIGUSR2');
      const count = (counts.get(pid) ?? 0) + 1;
      counts.set(pid, count);
      const written = path.join(target, `${pid}-${count}.cpuprofile`);
      await untilExists(written);
      await rename(written, path.join(target, `${name}.cpuprofile`));
      return result;
    },
  };
}

async function untilExists(file) {
  const deadline = performance.now() + WRITE_LIMIT_MS;
  while (!existsSync(file)) {
    if (performance.now() > deadline) throw new Error('The service did not write its profile.');
    await sleep(POLL_MS);
  }
}
