/** Variables in which CI systems name the branch: a job checks out a commit, not a branch. */
const BRANCH_VARIABLES = [
  'GITHUB_HEAD_REF',
  'GITHUB_REF_NAME',
  'CI_MERGE_REQUEST_SOURCE_BRANCH_NAME',
  'CI_COMMIT_REF_NAME',
  'BITBUCKET_BRANCH',
  'BUILDKITE_BRANCH',
  'CIRCLE_BRANCH',
  'BUILD_SOURCEBRANCHNAME',
  'BRANCH_NAME',
];

/** Returns the branch of the job; null outside CI, and in a job for a tag. */
export function branchOfCi(environment: NodeJS.ProcessEnv): string | null {
  const isTag = environment.GITHUB_REF_TYPE === 'tag' || (environment.CI_COMMIT_TAG ?? '') !== '';
  if (isTag) return null;
  const name = BRANCH_VARIABLES.map((variable) => environment[variable] ?? '').find((value) => value !== '');
  return name ?? null;
}
