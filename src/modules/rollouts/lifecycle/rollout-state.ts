import type { RolloutStatus } from '../../../entities/index.js';

/** Every legal move. A rollout that is over stays so. */
export const ROLLOUT_MOVES: Readonly<Record<RolloutStatus, readonly RolloutStatus[]>> = {
  draft: ['running', 'stopped'],
  running: ['paused', 'completed', 'rolled_back', 'stopped'],
  paused: ['running', 'rolled_back', 'stopped'],
  completed: [],
  rolled_back: [],
  stopped: [],
};

/** The actions that people can ask for. */
export const ROLLOUT_ACTIONS = ['start', 'pause', 'resume', 'stop', 'roll_back'] as const;
export type RolloutAction = (typeof ROLLOUT_ACTIONS)[number];

interface ActionRule {
  readonly to: RolloutStatus;
  readonly from: readonly RolloutStatus[];
  /** The event's type for webhooks. */
  readonly event: string;
}

export const ACTION_RULES: Readonly<Record<RolloutAction, ActionRule>> = {
  start: { to: 'running', from: ['draft'], event: 'rollout.started' },
  pause: { to: 'paused', from: ['running'], event: 'rollout.paused' },
  resume: { to: 'running', from: ['paused'], event: 'rollout.resumed' },
  stop: { to: 'stopped', from: ['draft', 'running', 'paused'], event: 'rollout.stopped' },
  roll_back: { to: 'rolled_back', from: ['running', 'paused'], event: 'rollout.rolled_back' },
};

export type ActionVerdict =
  | 'move'
  /** It is as the action would have it. */
  | 'keep'
  | 'final'
  | 'refuse';

/** Doing a thing twice is doing it once. */
export function judgeAction(action: RolloutAction, status: RolloutStatus): ActionVerdict {
  const { to, from } = ACTION_RULES[action];
  if (from.includes(status)) return 'move';
  if (status === to) return 'keep';
  return isFinal(status) ? 'final' : 'refuse';
}

/** Whether nothing more can become of it. */
export function isFinal(status: RolloutStatus): boolean {
  return ROLLOUT_MOVES[status].length === 0;
}
