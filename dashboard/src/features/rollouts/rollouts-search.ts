import { given, readNumber, readText, readWord } from '../../ui/search-params';

export const STATUSES = ['draft', 'running', 'paused', 'completed', 'rolled_back', 'stopped'] as const;

/** The filters of the list of rollouts, which are kept in the address bar. */
export interface RolloutsSearch {
  readonly status?: (typeof STATUSES)[number];
  readonly prompt?: string;
  readonly environment?: string;
}

export function parseRolloutsSearch(search: Record<string, unknown>): RolloutsSearch {
  return given({
    status: readWord(search['status'], STATUSES),
    prompt: readText(search['prompt']),
    environment: readText(search['environment']),
  });
}

/** The initial choices of a new rollout. */
export interface NewRolloutSearch {
  readonly prompt?: string;
  readonly environment?: string;
  readonly candidate?: number;
}

export function parseNewRolloutSearch(search: Record<string, unknown>): NewRolloutSearch {
  return given({
    prompt: readText(search['prompt']),
    environment: readText(search['environment']),
    candidate: readNumber(search['candidate']),
  });
}

export const SCALES = ['relative', 'absolute'] as const;

/** The step and the metric of a rollout that are shown, and the scale of the effect. */
export interface RolloutSearch {
  readonly step?: number;
  readonly metric?: string;
  readonly scale?: (typeof SCALES)[number];
}

export function parseRolloutSearch(search: Record<string, unknown>): RolloutSearch {
  return given({
    step: readNumber(search['step']),
    metric: readText(search['metric']),
    scale: readWord(search['scale'], SCALES),
  });
}
