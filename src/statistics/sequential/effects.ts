import { type Sample, squaredError } from './sample.js';

/** A difference between two samples and how well it is known. */
export interface Effect {
  readonly estimate: number;
  readonly standardError: number;
  /** The values of both together. */
  readonly n: number;
}

/**
 * candidate − factor·control. With a factor of 1 it is the plain difference; with 0.9 it is below 0 when the candidate has lost more
 * than a tenth. It is linear in both means, so that it needs no division by a mean that may be close to 0.
 */
export function contrastEffect(control: Sample, candidate: Sample, factor = 1): Effect {
  return {
    estimate: candidate.mean - factor * control.mean,
    standardError: Math.sqrt(squaredError(candidate) + factor * factor * squaredError(control)),
    n: control.n + candidate.n,
  };
}

/** (candidate − control) / |control|, with the error of the quotient by the delta method. Null where the control's mean is 0. */
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
