import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Ignores the machine's own configuration. */
export const GIT_ENVIRONMENT = {
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@example.org',
  GIT_COMMITTER_NAME: 'Ada',
  GIT_COMMITTER_EMAIL: 'ada@example.org',
  // Tests make submodules and clones by path.
  GIT_ALLOW_PROTOCOL: 'file',
};

/** A working folder, optionally with a real repository. {@link GitRepository.remove} deletes it. */
export class GitRepository {
  private constructor(readonly folder: string) {}

  /** Makes an empty folder without a repository. */
  static folder(): GitRepository {
    return new GitRepository(realpathSync(mkdtempSync(path.join(tmpdir(), 'ledger-test-git-'))));
  }

  /** Starts on the branch `main`, with an origin and no commit. */
  static create(): GitRepository {
    const repository = GitRepository.folder();
    repository.git('init', '--quiet', '--initial-branch=main');
    repository.git('remote', 'add', 'origin', 'https://martin:s3cr3t@github.com/acme/app.git');
    return repository;
  }

  git(...args: string[]): string {
    const env = { PATH: process.env.PATH, ...GIT_ENVIRONMENT };
    return execFileSync('git', args, { cwd: this.folder, env, encoding: 'utf8', stdio: 'pipe' }).trim();
  }

  write(file: string, text: string): string {
    const full = this.path(file);
    mkdirSync(path.dirname(full), { recursive: true });
    writeFileSync(full, text);
    return full;
  }

  /** Commits all files. */
  commit(message = 'work'): string {
    this.git('add', '--all');
    this.git('commit', '--quiet', '--message', message);
    return this.git('rev-parse', 'HEAD');
  }

  path(...segments: string[]): string {
    return path.join(this.folder, ...segments);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
