import { execFile } from 'node:child_process';
import { branchOfCi } from './ci-branch.js';
import { repositoryName } from './repository-name.js';

/** Identifies a state of the code; unknown facts are null. */
export interface GitFacts {
  /** 40 hex digits, 64 in a repository with SHA-256; null before the first commit. */
  readonly commit: string | null;
  /** For a detached head, the branch that the CI names. */
  readonly branch: string | null;
  /** For example `acme/app`, from the remote `origin`. */
  readonly repository: string | null;
  /** Whether one of the files differs from the commit, staged or not, or is in no commit. Other files do not count. */
  readonly dirty: boolean | null;
}

export interface WorkingTree {
  /** The root, an absolute path; null outside of a repository. */
  readonly root: string | null;
  /** Why git could not be run, in one sentence; null when it could, and when there is no repository. */
  readonly warning: string | null;
}

export const NO_GIT_FACTS: GitFacts = { commit: null, branch: null, repository: null, dirty: null };

const LIMIT_MS = 20_000;
const MAX_OUTPUT_BYTES = 16 * 1024 ** 2;
/** The most paths in one command line. */
const PATHS_A_CALL = 200;

/** Finds the root of the repository of a folder. Submodules and worktrees have their own root. */
export async function findWorkingTree(folder: string): Promise<WorkingTree> {
  const { output, failure } = await git(folder, ['rev-parse', '--show-toplevel']);
  if (output !== null) return { root: output.replace(/\r?\n$/, ''), warning: null };
  const isOutside = /not a git repository/i.test(failure);
  return { root: null, warning: isOutside ? null : `Git could not be run: ${failure}` };
}

/**
 * @param root the root, from {@link findWorkingTree}
 * @param files the absolute paths that `dirty` covers
 */
export async function readGitFacts(
  root: string,
  files: readonly string[],
  environment: NodeJS.ProcessEnv = process.env,
): Promise<GitFacts> {
  const [commit, branch, url, dirty] = await Promise.all([
    firstLine(root, ['rev-parse', '--verify', '--quiet', 'HEAD^{commit}']),
    firstLine(root, ['symbolic-ref', '--quiet', '--short', 'HEAD']),
    firstLine(root, ['config', '--get', 'remote.origin.url']),
    isDirty(root, files),
  ]);
  return {
    commit,
    branch: branch ?? branchOfCi(environment),
    repository: url === null ? null : repositoryName(url),
    dirty,
  };
}

async function firstLine(root: string, args: readonly string[]): Promise<string | null> {
  const { output } = await git(root, args);
  const line = output?.split('\n')[0]?.trim() ?? '';
  return line === '' ? null : line;
}

async function isDirty(root: string, files: readonly string[]): Promise<boolean | null> {
  for (let start = 0; start < files.length; start += PATHS_A_CALL) {
    const paths = files.slice(start, start + PATHS_A_CALL);
    // A file that git ignores is in no commit either.
    const status = ['status', '--porcelain=v1', '-z', '--untracked-files=all', '--ignored'];
    const { output } = await git(root, [...status, '--', ...paths]);
    if (output === null) return null;
    if (output !== '') return true;
  }
  return false;
}

interface GitAnswer {
  /** Null when the command failed. */
  readonly output: string | null;
  readonly failure: string;
}

function git(folder: string, args: readonly string[]): Promise<GitAnswer> {
  const options = {
    cwd: folder,
    env: environmentOfGit(process.env),
    timeout: LIMIT_MS,
    maxBuffer: MAX_OUTPUT_BYTES,
    windowsHide: true,
  };
  return new Promise((resolve) => {
    execFile('git', [...args], options, (error, stdout, stderr) => {
      if (error === null) return resolve({ output: stdout, failure: '' });
      const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
      const said = isMissing ? 'the git command was not found.' : stderr.trim().replaceAll(/\s*\n\s*/g, ' ');
      resolve({ output: null, failure: said === '' ? error.message : said });
    });
  });
}

/** A hook runs with these set for the folder in which git was called. */
const OF_A_HOOK = ['GIT_DIR', 'GIT_WORK_TREE', 'GIT_INDEX_FILE', 'GIT_PREFIX'];

function environmentOfGit(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const own = Object.entries(environment).filter(([name]) => !OF_A_HOOK.includes(name));
  return {
    ...Object.fromEntries(own),
    // Messages that can be compared, no lock for a status, literal paths, and no prompt for a password.
    LC_ALL: 'C',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_LITERAL_PATHSPECS: '1',
    GIT_TERMINAL_PROMPT: '0',
  };
}
