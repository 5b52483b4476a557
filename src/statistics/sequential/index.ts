/** Statistics that remain valid however often they are looked at. `docs/rollout-statistics.md` explains them. */
export {
  effectBounds,
  type EffectBounds,
  effectPValue,
  type EffectSequenceOptions,
  oneSidedBounds,
  ROLLOUT_N_OPT,
} from './effect-sequence.js';
export { contrastEffect, type Effect, relativeEffect } from './effects.js';
export { type QuantileBounds, quantileBounds, ranksOfQuantile, sampleQuantile } from './quantile-bounds.js';
export { ratioEvidence, type RatioEvidence } from './ratio-mismatch.js';
export { type Sample, sampleFromSums, squaredError, summarize } from './sample.js';
export {
  bestRho,
  ROLLOUT_T_OPT,
  type ShareBounds,
  shareBounds,
  shareEvidence,
  shareLowerBound,
  type ShareSequenceOptions,
  shareUpperBound,
} from './share-sequence.js';
