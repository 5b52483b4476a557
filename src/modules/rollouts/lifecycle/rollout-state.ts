import type { RolloutStatus } from '../../../entities/index.js';

/** Every legal transition. A final status stays. */
export const ROLLOUT_MOVES: Readonly<Record<RolloutStatus, readonly RolloutStatus[]>> = {
  draft: ['running', 'stopped'],
  running: ['paused', 'completed', 'rolled_back', 'stopped'],
  paused: ['running', 'rolled_back', 'stopped'],
  completed: [],
  rolled_back: [],
  stopped: [],
};

/** The actions that people can request. */
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
  /** The rollout is already in the wanted status. */
  | 'keep'
  | 'final'
  | 'refuse';

/** Repeating an action is allowed and changes nothing. */
export function judgeAction(action: RolloutAction, status: RolloutStatus): ActionVerdict {
  const { to, from } = ACTION_RULES[action];
  if (from.includes(status)) return 'move';
  if (status === to) return 'keep';
  return isFinal(status) ? 'final' : 'refuse';
}

/** Returns whether the status has no further transitions. */
export function isFinal(status: RolloutStatus): boolean {
  return ROLLOUT_MOVES[status].length === 0;
}
