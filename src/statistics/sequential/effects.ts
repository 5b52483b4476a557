import { type Sample, squaredError } from './sample.js';

/** A difference between two samples and how well it is known. */
export interface Effect {
  readonly estimate: number;
  readonly standardError: number;
  /** The number of values in both samples together. */
  readonly n: number;
}

/**
 * Estimates candidate − factor·control. With a factor of 1 it is the plain difference; with 0.9 it is negative when the candidate lost more
 * than a tenth. It is linear in both means, so it needs no division by a mean that may be close to 0.
 */
export function contrastEffect(control: Sample, candidate: Sample, factor = 1): Effect {
  return {
    estimate: candidate.mean - factor * control.mean,
    standardError: Math.sqrt(squaredError(candidate) + factor * factor * squaredError(control)),
    n: control.n + candidate.n,
  };
}

/** Estimates (candidate − control) / |control|, with the quotient's error by the delta method. Null when the control's mean is 0. */
export function relativeEffect(control: Sample, candidate: Sample): Effect | null {
  if (control.mean === 0) return null;
  const ratio = candidate.mean / control.mean;
  const variance = squaredError(candidate) + ratio * ratio * squaredError(control);
  return {
    estimate: (candidate.mean - control.mean) / Math.abs(control.mean),
    standardError: Math.sqrt(variance) / Math.abs(control.mean),
    n: control.n + candidate.n,
  };
}
