import { branchOfCi } from './ci-branch.js';

describe('the branch of a CI job', () => {
  it('is that of a pull request before that of its merge', () => {
    expect(
      branchOfCi({ GITHUB_HEAD_REF: 'fix', GITHUB_REF_NAME: '7/merge', GITHUB_REF_TYPE: 'branch' }),
    ).toBe('fix');
  });

  it.each(['GITHUB_REF_NAME', 'CI_COMMIT_REF_NAME', 'BITBUCKET_BRANCH'])('is what %s says', (variable) => {
    expect(branchOfCi({ GITHUB_HEAD_REF: '', [variable]: 'main' })).toBe('main');
  });

  it('is none for a tag, nor outside of CI', () => {
    expect(branchOfCi({ GITHUB_REF_NAME: 'v1', GITHUB_REF_TYPE: 'tag' })).toBeNull();
    expect(branchOfCi({ CI_COMMIT_REF_NAME: 'v1', CI_COMMIT_TAG: 'v1' })).toBeNull();
    expect(branchOfCi({})).toBeNull();
  });
});
