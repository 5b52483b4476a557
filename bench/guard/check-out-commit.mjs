import { execFile } from 'node:child_process';
import { access, mkdir, readdir, readFile, symlink } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { inProject } from '../lib/project.mjs';

const run = promisify(execFile);
const MOST_OUTPUT_BYTES = 64 * 1024 ** 2;

/**
 * Builds another commit of this project in its own working tree, which is removed when the scope closes.
 *
 * @param {import('../lib/scope.mjs').Scope} scope
 * @param {string} tempDir
 * @param {string} commit anything that git resolves to a commit.
 * @returns {Promise<{ root: string, name: string }>} its folder and its short hash.
 * @throws {Error} when there is no such commit, or when it does not build.
 */
export async function checkOutCommit(scope, tempDir, commit) {
  const name = await git('rev-parse', '--short', '--verify', `${commit}^{commit}`);
  const root = path.join(tempDir, 'other-commit');
  // Git forgets a working tree whose folder is gone, but it should not have to discover that by itself.
  await scope.defer(() => git('worktree', 'remove', '--force', root).catch(() => undefined));
  await git('worktree', 'add', '--detach', root, name);
  await provideModules(root);
  await build(root);
  return { root, name };
}

/** Uses the installed packages of this folder if the lock files match, because installing takes a minute. */
async function provideModules(root) {
  const lock = 'package-lock.json';
  const [ours, theirs] = await Promise.all([
    readFile(inProject(lock), 'utf8'),
    readFile(path.join(root, lock), 'utf8'),
  ]);
  if (ours === theirs) {
    await linkModules(root);
    return;
  }
  // Its `prepare` would set this repository's hooks.
  const env = { ...process.env, HUSKY: '0' };
  await run('npm', ['ci', '--no-audit', '--no-fund'], { cwd: root, env, maxBuffer: MOST_OUTPUT_BYTES });
}

/** Links entry by entry: the build keeps its stamps in a folder of its own, and the workspaces must be those of that commit. */
async function linkModules(root) {
  const from = inProject('node_modules');
  const to = path.join(root, 'node_modules');
  await mkdir(to);
  const entries = await readdir(from);
  const linked = entries.filter((entry) => !['.cache', '@prompt-ledger'].includes(entry));
  for (const entry of linked) await symlink(path.join(from, entry), path.join(to, entry));
  const hasClient = await access(path.join(root, 'sdk')).then(
    () => true,
    () => false,
  );
  if (!hasClient) return;
  await mkdir(path.join(to, '@prompt-ledger'));
  await symlink(path.join(root, 'sdk'), path.join(to, '@prompt-ledger', 'client'));
}

async function build(root) {
  const compiler = path.join(root, 'node_modules', '@nestjs', 'cli', 'bin', 'nest.js');
  try {
    await run(process.execPath, [compiler, 'build'], { cwd: root, maxBuffer: MOST_OUTPUT_BYTES });
  } catch (error) {
    throw new Error(`The other commit does not build:\n${error.stdout}${error.stderr}`, { cause: error });
  }
}

async function git(...args) {
  const { stdout } = await run('git', args, { cwd: inProject() });
  return stdout.trim();
}
