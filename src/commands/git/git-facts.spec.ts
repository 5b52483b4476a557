import { findWorkingTree, readGitFacts } from './git-facts.js';
import { GIT_ENVIRONMENT, GitRepository } from './git-repository.testkit.js';

const made: GitRepository[] = [];
const keep = (repository: GitRepository) => {
  made.push(repository);
  return repository;
};
const before = { ...process.env };

beforeAll(() => {
  Object.assign(process.env, GIT_ENVIRONMENT);
});
afterAll(() => {
  process.env = before;
  made.forEach((repository) => repository.remove());
});

function withPrompt(): { repository: GitRepository; file: string; commit: string } {
  const repository = keep(GitRepository.create());
  const file = repository.write('src/prompts.ts', 'export const A = "x";\n');
  return { repository, file, commit: repository.commit() };
}

describe('the facts of a repository', () => {
  it('are commit, branch, the origin without its credentials, and whether anything changed', async () => {
    const { repository, file, commit } = withPrompt();
    expect(await findWorkingTree(repository.path('src'))).toEqual({ root: repository.folder, warning: null });
    expect(await readGitFacts(repository.folder, [file], {})).toEqual({
      commit,
      branch: 'main',
      repository: 'acme/app',
      dirty: false,
    });
  });

  it('are dirty with a prompt file that is changed, staged, new or ignored, and not with another file', async () => {
    const { repository, file } = withPrompt();
    const isDirty = async (...files: string[]) => (await readGitFacts(repository.folder, files, {})).dirty;
    repository.write('README.md', 'changed');
    expect(await isDirty(file)).toBe(false);
    const fresh = repository.write('src/[new] *.ts', '');
    expect(await isDirty(file, fresh)).toBe(true);
    repository.write('.gitignore', 'ignored/');
    expect(await isDirty(file, repository.write('ignored/a.ts', ''))).toBe(true);
    repository.write('src/prompts.ts', 'export const A = "y";\n');
    expect(await isDirty(file)).toBe(true);
    repository.git('add', 'src/prompts.ts');
    expect(await isDirty(file)).toBe(true);
    repository.commit();
    expect(await isDirty(file, fresh)).toBe(false);
  });

  it('have no branch with a detached head, or the one that the CI names', async () => {
    const { repository, file, commit } = withPrompt();
    repository.git('checkout', '--quiet', '--detach');
    expect(await readGitFacts(repository.folder, [file], {})).toMatchObject({ commit, branch: null });
    const ci = { GITHUB_HEAD_REF: 'fix', GITHUB_REF_NAME: '7/merge' };
    expect(await readGitFacts(repository.folder, [file], ci)).toMatchObject({ branch: 'fix' });
  });

  it('have no commit before the first one', async () => {
    const repository = keep(GitRepository.create());
    const file = repository.write('a.ts', '');
    expect(await readGitFacts(repository.folder, [file], {})).toEqual({
      commit: null,
      branch: 'main',
      repository: 'acme/app',
      dirty: true,
    });
  });

  it('are there in a shallow clone, in a worktree and in a submodule', async () => {
    const { repository } = withPrompt();
    repository.write('src/prompts.ts', 'export const A = "y";\n');
    const commit = repository.commit();
    const other = keep(GitRepository.create());
    other.write('README.md', '');
    other.commit();
    other.git('clone', '--quiet', '--depth', '1', `file://${repository.folder}`, 'clone');
    repository.git('worktree', 'add', '--quiet', '-b', 'side', other.path('tree'));
    other.git('submodule', 'add', '--quiet', `file://${repository.folder}`, 'module');
    for (const [folder, branch] of [
      ['clone', 'main'],
      ['tree', 'side'],
      ['module', 'main'],
    ] as const) {
      const { root } = await findWorkingTree(other.path(folder, 'src'));
      expect(root).toBe(other.path(folder));
      const facts = await readGitFacts(other.path(folder), [other.path(folder, 'src/prompts.ts')], {});
      expect(facts).toMatchObject({ commit, branch, dirty: false });
    }
  });

  it('are those of the folder, whatever a hook has set', async () => {
    const { repository, file, commit } = withPrompt();
    Object.assign(process.env, { GIT_DIR: '.git', GIT_INDEX_FILE: '.git/other' });
    try {
      expect((await findWorkingTree(repository.path('src'))).root).toBe(repository.folder);
      expect(await readGitFacts(repository.folder, [file], {})).toMatchObject({ commit, dirty: false });
    } finally {
      delete process.env.GIT_DIR;
      delete process.env.GIT_INDEX_FILE;
    }
  });
});

describe('without a repository', () => {
  it('there is no root, and nothing to warn of', async () => {
    expect(await findWorkingTree(keep(GitRepository.folder()).folder)).toEqual({ root: null, warning: null });
  });

  it('a missing git is told', async () => {
    const { folder } = keep(GitRepository.folder());
    const { PATH } = process.env;
    process.env.PATH = folder;
    try {
      const warning = 'Git could not be run: the git command was not found.';
      expect(await findWorkingTree(folder)).toEqual({ root: null, warning });
    } finally {
      process.env.PATH = PATH;
    }
  });
});
