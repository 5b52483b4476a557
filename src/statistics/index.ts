export { type Agreement, cohensKappa } from './cohens-kappa.js';
export {
  COMPARISON_METHODS,
  type ComparisonMethod,
  comparePairs,
  isDifferent,
  type Pair,
  type PairedComparison,
  type Verdict,
  VERDICTS,
} from './compare-pairs.js';
export type { Interval } from './interval.js';
export { mcnemarExact, mcnemarMidP } from './mcnemar-exact.js';
export { pairedShareInterval } from './paired-share-interval.js';
export { pairedT } from './paired-t.js';
export { passAtK, passHatK } from './pass-at-k.js';
export { hodgesLehmannInterval, type SignedRank, wilcoxonSignedRank } from './wilcoxon-signed-rank.js';
export { wilsonInterval } from './wilson-interval.js';
