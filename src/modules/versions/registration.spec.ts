import type { StoredRegistration } from '../../entities/index.js';
import { isNewRegistration, toRegistration } from './registration.js';

const COMMIT = 'a'.repeat(40);
const told = {
  commit: COMMIT,
  branch: 'main',
  repository: 'acme/app',
  dirty: false,
  file: 'src/prompts.ts',
  line: 12,
};
const stored = (more: Partial<StoredRegistration> = {}): StoredRegistration => ({
  ...told,
  registered_at: '2026-11-24T10:00:00.000Z',
  ...more,
});

describe('the registration that leads to a text', () => {
  const chosen = (first: StoredRegistration | null, latest: StoredRegistration | null) =>
    toRegistration({ firstRegistration: first, latestRegistration: latest });
  const later = stored({ commit: 'b'.repeat(40) });

  it('is the first, which made the version', () => {
    expect(chosen(stored(), later)).toEqual(stored());
    expect(chosen(stored({ dirty: null }), later)).toEqual(stored({ dirty: null }));
  });

  it('is the latest when the first had no commit, or a tree with changes', () => {
    expect(chosen(stored({ commit: null }), later)).toEqual(later);
    expect(chosen(stored({ dirty: true }), later)).toEqual(later);
  });

  it('is the first after all when the latest has no commit', () => {
    const dirty = stored({ dirty: true });
    expect(chosen(dirty, stored({ commit: null }))).toEqual(dirty);
  });

  it('is null where nothing was registered', () => {
    expect(chosen(null, null)).toBeNull();
  });
});

describe('a registration', () => {
  it('is new when any of its facts is', () => {
    const changes = [
      { commit: 'b'.repeat(40) },
      { branch: 'next' },
      { repository: null },
      { dirty: true },
      { file: 'src/other.ts' },
      { line: 13 },
    ];
    for (const change of changes) expect(isNewRegistration({ ...told, ...change }, stored())).toBe(true);
    expect(isNewRegistration(told, null)).toBe(true);
  });

  it('is not new when it tells the same', () => {
    expect(isNewRegistration(told, stored({ registered_at: '2020-01-01T00:00:00.000Z' }))).toBe(false);
  });

  it('without a commit hides none that is known', () => {
    const blind = { ...told, commit: null, branch: null, dirty: null, line: 99 };
    expect(isNewRegistration(blind, stored())).toBe(false);
    expect(isNewRegistration(blind, stored({ commit: null }))).toBe(true);
    expect(isNewRegistration({ ...blind, repository: null }, stored())).toBe(false);
  });

  it('without a commit is new all the same when it is of another repository', () => {
    const moved = { ...told, commit: null, branch: null, dirty: null, repository: 'acme/web' };
    expect(isNewRegistration(moved, stored())).toBe(true);
    expect(isNewRegistration(moved, stored({ repository: null }))).toBe(true);
  });
});
