import type { RouteStrategy } from '../../../entities/index.js';
import { ValidationError } from '../../../kernel/index.js';

export interface RouteTarget {
  readonly provider: string;
  readonly modelName: string;
  /** From 1 to 1000; null with the strategy `order`. */
  readonly weight: number | null;
}

/** A named list of models for an execution to try. */
export interface ModelRoute {
  readonly routeId: string;
  readonly name: string;
  readonly strategy: RouteStrategy;
  /** At least one, each model once. */
  readonly targets: readonly RouteTarget[];
}

/** A target in a request. */
export interface AskedTarget {
  readonly provider: string;
  readonly model_name: string;
  readonly weight?: number;
}

/** The weight of a target that states none, so that such targets are chosen equally often. */
const DEFAULT_WEIGHT = 1;

/** @throws ValidationError `VALIDATION_FAILED` for a duplicate model, or for a weight without the strategy `weights`. */
export function readTargets(strategy: RouteStrategy, asked: readonly AskedTarget[]): RouteTarget[] {
  const seen = new Set<string>();
  return asked.map(({ provider, model_name: modelName, weight }, index) => {
    // Model names contain no white space.
    const key = `${provider} ${modelName}`;
    if (seen.has(key)) {
      const message = `is "${provider}/${modelName}" again`;
      throw refusal('Name each model once.', `/targets/${index}`, message);
    }
    seen.add(key);
    if (strategy === 'weights') return { provider, modelName, weight: weight ?? DEFAULT_WEIGHT };
    if (weight === undefined) return { provider, modelName, weight: null };
    const message = 'is only for the strategy weights';
    throw refusal(
      'Leave the weights out, or send the strategy "weights".',
      `/targets/${index}/weight`,
      message,
    );
  });
}

/**
 * Returns the targets in the order to try them: as listed, or drawn one by one from the rest, each with a probability proportional to its
 * weight.
 * @param random returns a number from 0, inclusive, to 1, exclusive.
 */
export function orderTargets<T extends Pick<RouteTarget, 'weight'>>(
  { strategy, targets }: { readonly strategy: RouteStrategy; readonly targets: readonly T[] },
  random: () => number,
): T[] {
  if (strategy === 'order') return [...targets];
  const left = [...targets];
  const ordered: T[] = [];
  while (left.length > 0) ordered.push(...left.splice(drawIndex(left, random), 1));
  return ordered;
}

function drawIndex(targets: readonly Pick<RouteTarget, 'weight'>[], random: () => number): number {
  // A single target needs no draw.
  if (targets.length === 1) return 0;
  const weights = targets.map(({ weight }) => weight ?? DEFAULT_WEIGHT);
  let rest = random() * weights.reduce((sum, weight) => sum + weight, 0);
  const drawn = weights.findIndex((weight) => {
    rest -= weight;
    return rest < 0;
  });
  // Rounding may make the product equal the sum.
  return drawn === -1 ? targets.length - 1 : drawn;
}

function refusal(detail: string, pointer: string, message: string): ValidationError {
  return new ValidationError(detail, [{ pointer, message }]);
}
