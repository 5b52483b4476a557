import type { ChangeStatus, StoredEvidenceDemand } from '../../entities/index.js';
import { LedgerError } from '../../kernel/index.js';

export class ChangeNotFoundError extends LedgerError {
  constructor(changeId: string) {
    super({
      code: 'CHANGE_NOT_FOUND',
      status: 404,
      title: 'No such change',
      detail: `Change "${changeId}" was not found; GET /v1/changes lists all changes.`,
    });
  }
}

export class EnvironmentNotProtectedError extends LedgerError {
  /** @param rolloutId the rollout that the change would start; null for a pointer move. */
  constructor(environment: string, rolloutId: string | null) {
    const instead =
      rolloutId === null
        ? `move its pointer with PUT /v1/prompts/{name}/environments/${encodeURIComponent(environment)}`
        : `start the rollout with POST /v1/rollouts/${rolloutId}:start`;
    super({
      code: 'ENVIRONMENT_NOT_PROTECTED',
      status: 409,
      title: 'The environment is not protected',
      detail: `The environment "${environment}" is not protected and needs no change: ${instead}.`,
    });
  }
}

export class SelfApprovalError extends LedgerError {
  private constructor(detail: string) {
    super({ code: 'SELF_APPROVAL', status: 403, title: 'Nobody approves their own change', detail });
  }

  static ofAuthor(): SelfApprovalError {
    return new SelfApprovalError(
      'You opened this change, or the account or key of one of you was made by the other; have somebody else approve it.',
    );
  }

  static ofEmergency(): SelfApprovalError {
    return new SelfApprovalError(
      'You applied this change in an emergency, or the account or key of one of you was made by the other; have somebody else review it.',
    );
  }
}

export class ChangeStaleError extends LedgerError {
  constructor(changeId: string) {
    super({
      code: 'CHANGE_STALE',
      status: 409,
      title: 'The change is out of date',
      detail: `Change "${changeId}" is out of date: the pointer, the rules of the environment or the prompt have changed since it was opened; open a new one with POST /v1/changes.`,
    });
  }
}

export class ChangeClosedError extends LedgerError {
  constructor(changeId: string, status: ChangeStatus) {
    super({
      code: 'CHANGE_CLOSED',
      status: 409,
      title: 'The change is closed',
      detail: `Change "${changeId}" is ${status} and stays so; open a new one with POST /v1/changes.`,
      extensions: { change_status: status },
    });
  }
}

export class ApprovalsMissingError extends LedgerError {
  constructor(required: number, approvals: number) {
    super({
      code: 'APPROVALS_MISSING',
      status: 409,
      title: 'Approvals are missing',
      detail: `The change needs ${required} ${required === 1 ? 'approval' : 'approvals'} and has ${approvals} that count now: those of users and keys that may approve at this moment, and belong to the teams that the environment names. Have it approved with POST /v1/changes/{change_id}:approve.`,
      extensions: { required_approvals: required, approvals },
    });
  }
}

export class EvidenceMissingError extends LedgerError {
  /** @param objections why the given evidence does not count. */
  constructor(
    environment: string,
    { dataset, max_age_days: days, verdict }: StoredEvidenceDemand['experiment'],
    scorers: readonly string[],
    objections: readonly string[],
  ) {
    const names = scorers.map((each) => `"${each}"`).join(', ');
    const why =
      objections.length === 0 ? '' : ` The given evidence does not count: ${objections.join('; ')}.`;
    const wanted = verdict === 'better' ? 'better' : 'better, or at least no_difference';
    super({
      code: 'EVIDENCE_MISSING',
      status: 409,
      title: 'The evidence is missing',
      detail: `The environment "${environment}" takes a version only with an experiment on the dataset "${dataset}", completed within ${days} days and without errors, that says ${wanted} by ${names}; open a change with such an experiment as evidence.${why}`,
      extensions: { missing_scorers: scorers },
    });
  }
}
