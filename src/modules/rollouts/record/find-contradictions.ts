import type { Decision } from '../deciding/look.js';

/** The progress of a rollout at one moment. */
export interface RolloutStage {
  readonly status: string;
  /** The number of steps that have begun. */
  readonly steps: number;
}

/** The looks of a rollout, and its stage before and after reading them, because it may progress meanwhile. */
export interface RolloutCourse {
  readonly before: RolloutStage;
  readonly after: RolloutStage;
  /** In chronological order. */
  readonly looks: readonly {
    readonly look: number;
    readonly decision: Pick<Decision, 'kind'> & { readonly action?: string };
  }[];
}

/**
 * Finds where a rollout contradicts its looks. Only a look starts a step or completes a rollout, in the same transaction. People may
 * pause, stop and roll back, so these statuses prove nothing.
 *
 * @returns one sentence for each contradiction.
 */
export function findContradictions({ before, after, looks }: RolloutCourse): string[] {
  const steps = 1 + looks.filter(({ decision }) => decision.kind === 'next_step').length;
  const found: string[] = [];
  if (before.steps > steps) found.push(`step ${before.steps} has begun, and no look decided so`);
  if (steps > Math.max(1, after.steps)) found.push(`a look decided on step ${steps}, which has not begun`);
  const last = looks.at(-1);
  const action = last?.decision.action;
  if (before.status === 'completed' && action !== 'apply')
    found.push('it is completed, and no look decided so');
  const expected = { apply: 'completed', roll_back: 'rolled_back' }[action ?? ''];
  if (last !== undefined && expected !== undefined && after.status !== expected) {
    found.push(`look ${last.look} decided that it is ${expected}, and it is ${after.status}`);
  }
  return found;
}
