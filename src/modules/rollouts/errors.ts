import type { RolloutStatus } from '../../entities/index.js';
import { LedgerError } from '../../kernel/index.js';

export class RolloutNotFoundError extends LedgerError {
  constructor(rolloutId: string) {
    super({
      code: 'ROLLOUT_NOT_FOUND',
      status: 404,
      title: 'No such rollout',
      detail: `Rollout "${rolloutId}" was not found; GET /v1/rollouts lists all rollouts.`,
    });
  }
}

/** The rollout is final. */
export class RolloutFinalError extends LedgerError {
  constructor(rolloutId: string, status: RolloutStatus) {
    super({
      code: 'ROLLOUT_FINAL',
      status: 409,
      title: 'The rollout is over',
      detail: `Rollout "${rolloutId}" is ${status} and stays so; make another one with POST /v1/rollouts.`,
      extensions: { rollout_status: status },
    });
  }
}

/** The action requires another status of the rollout. */
export class RolloutStatusError extends LedgerError {
  constructor(rolloutId: string, status: RolloutStatus, wanted: readonly RolloutStatus[]) {
    super({
      code: 'ROLLOUT_STATUS',
      status: 409,
      title: 'The status of the rollout does not allow that',
      detail: `Rollout "${rolloutId}" is ${status}; only one that is ${wanted.join(' or ')} can do that.`,
      extensions: { rollout_status: status },
    });
  }
}

/** Only one rollout may be active at a time, or the arms of two would mix. */
export class RolloutActiveError extends LedgerError {
  constructor(promptName: string, environment: string, rolloutId: string) {
    super({
      code: 'ROLLOUT_ACTIVE',
      status: 409,
      title: 'Another rollout is under way',
      detail: `Rollout "${rolloutId}" of prompt "${promptName}" is under way in the environment "${environment}"; wait for its end, or end it with POST /v1/rollouts/${rolloutId}:stop.`,
      extensions: { active_rollout_id: rolloutId },
    });
  }
}

/** A rollout must compare with the running version. */
export class RolloutControlMovedError extends LedgerError {
  /** @param pointer the number of the running version; null if the environment has no pointer of its own. */
  constructor(promptName: string, environment: string, pointer: number | null) {
    const runs = pointer === null ? 'no version of its own' : `version ${pointer}`;
    super({
      code: 'ROLLOUT_CONTROL_MOVED',
      status: 409,
      title: 'The control is not the running version',
      detail: `The environment "${environment}" runs ${runs} of prompt "${promptName}", but the control must be the version of its pointer; move the pointer with PUT /v1/prompts/{name}/environments/${encodeURIComponent(environment)}, or make a rollout with another control.`,
      extensions: { pointer_version: pointer },
    });
  }
}
