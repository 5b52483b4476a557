import { isDeepStrictEqual } from 'node:util';
import type { StoredEvidenceDemand } from '../../../entities/index.js';
import type { ComparisonDto, ExperimentRecord } from '../../experiments/index.js';

const DAY_MS = 24 * 3_600_000;

/** Labels of two candidates of an experiment. */
export interface LabelPair {
  readonly baseline: string;
  readonly candidate: string;
}

interface Versions {
  readonly fromVersionId: string | null;
  readonly toVersionId: string;
}

/**
 * Returns the pairs of candidates to compare: every one with the new version against every one with the running version, limited to pairs
 * with the same model and parameters if there are any. If nothing runs yet, against every other candidate.
 */
export function pairsToCompare(
  { plan }: ExperimentRecord,
  { fromVersionId, toVersionId }: Versions,
): LabelPair[] {
  const { candidates } = plan;
  const isBaseline = (id: string) => (fromVersionId === null ? id !== toVersionId : id === fromVersionId);
  const pairs = candidates
    .filter(({ version_id: id }) => id === toVersionId)
    .flatMap((candidate) =>
      candidates.filter(({ version_id: id }) => isBaseline(id)).map((baseline) => ({ baseline, candidate })),
    );
  const alike = pairs.filter(
    ({ baseline, candidate }) =>
      isDeepStrictEqual(baseline.model, candidate.model) &&
      isDeepStrictEqual(baseline.params, candidate.params),
  );
  return (alike.length > 0 ? alike : pairs).map(({ baseline, candidate }) => ({
    baseline: baseline.label,
    candidate: candidate.label,
  }));
}

/** Returns why an experiment is not valid evidence, before anything is compared; null if it may be. */
export function findObjection(
  experiment: ExperimentRecord,
  { dataset, max_age_days: maxAgeDays }: StoredEvidenceDemand['experiment'],
  versions: Versions,
  now: Date,
): string | null {
  const { status, completedAt, datasetName, itemCount } = experiment;
  if (status !== 'completed' || completedAt === null) return `it is ${status}, not completed`;
  if (datasetName !== dataset) return `it ran on the dataset "${datasetName}"`;
  if (now.getTime() - completedAt.getTime() > maxAgeDays * DAY_MS)
    return `it is older than ${maxAgeDays} days`;
  if (itemCount === 0) return 'it had no items';
  if (pairsToCompare(experiment, versions).length === 0)
    return 'it does not compare the version of the change with the one that runs';
  return null;
}

/** Returns whether a comparison meets the demand, over complete items and without errors. */
export function meetsDemand(
  { verdict, missing, errors }: ComparisonDto,
  { verdict: demanded }: StoredEvidenceDemand['experiment'],
): boolean {
  if (missing > 0 || errors > 0) return false;
  return verdict === 'better' || (demanded === 'no_difference' && verdict === 'no_difference');
}
