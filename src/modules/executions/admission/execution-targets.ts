import type { StoredTarget } from '../../../entities/index.js';
import type { AllowedModel, PriceRecord } from '../../models/index.js';
import type { CircuitPass } from '../../providers/index.js';
import type { ProjectCircuits } from '../../secrets/index.js';

/** A model that an execution may be sent to, with the price of a call. */
export interface Target extends AllowedModel {
  /** The price in effect now; null when none is known. */
  readonly price: PriceRecord | null;
  /** The most tokens of one answer; null when unknown. */
  readonly maxTokens: number | null;
}

/** Has at least one model, in the order in which they are tried. */
export type Targets<T extends AllowedModel = Target> = readonly [T, ...T[]];

type OpenPass = Extract<CircuitPass, { open: false }>;

/** The model to call, with the pass of its circuit, which the caller must settle. */
export interface Chosen<T extends AllowedModel> {
  readonly index: number;
  readonly target: T;
  readonly pass: OpenPass;
}

/** The model to call next, or how long all of their circuits stay open. */
export type Choice<T extends AllowedModel> =
  Chosen<T> | { readonly index: null; readonly retryAfterMs: number };

/**
 * Returns the first model whose circuit lets a call through, from `start` on and wrapping around. Skipping the others costs no
 * attempt, because they were not called.
 */
export function chooseTarget<T extends AllowedModel>(
  circuits: Pick<ProjectCircuits, 'tryAcquire'>,
  projectId: string,
  targets: Targets<T>,
  start: number,
): Choice<T> {
  let retryAfterMs = Number.POSITIVE_INFINITY;
  for (let step = 0; step < targets.length; step += 1) {
    const index = (start + step) % targets.length;
    const target = targets[index] as T;
    const pass = circuits.tryAcquire(projectId, target.provider, target.modelName);
    if (!pass.open) return { index, target, pass };
    retryAfterMs = Math.min(retryAfterMs, pass.retryAfterMs);
  }
  return { index: null, retryAfterMs };
}

/** Returns the list of models to store with the execution; null where there is only one. */
export function storedTargets(targets: Targets<AllowedModel>): StoredTarget[] | null {
  if (targets.length === 1) return null;
  return targets.map(({ modelId, provider, modelName }) => ({
    model_id: modelId,
    provider,
    model_name: modelName,
  }));
}

/** Whether the list has another model to try before it starts over. */
export function hasFallback(targets: readonly unknown[], index: number): boolean {
  return index + 1 < targets.length;
}
