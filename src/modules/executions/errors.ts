import { LedgerError, ValidationError } from '../../kernel/index.js';
import type { CallFailure } from './provider-caller.js';

export class ExecutionNotFoundError extends LedgerError {
  constructor(executionId: string) {
    super({
      code: 'EXECUTION_NOT_FOUND',
      status: 404,
      title: 'No such execution',
      detail: `Execution "${executionId}" was not found; GET /v1/executions lists the executions there are.`,
    });
  }
}

/** A repeated key would promise that the call is made once; what cannot be promised is refused, never ignored. */
export class IdempotencyKeyUnsupportedError extends ValidationError {
  constructor() {
    super('Leave out the header Idempotency-Key: this version of the service does not support it yet.', [
      { pointer: '', message: 'the header Idempotency-Key is not supported' },
    ]);
  }
}

/** What each failure of a waited-for call tells its caller. */
export class ProviderRejectedError extends LedgerError {
  constructor(failure: CallFailure, members: ProviderProblemMembers) {
    super({
      code: 'PROVIDER_REJECTED',
      status: 502,
      title: 'The provider refused the request',
      detail: `${failure.message} Change the prompt, the model or the params; the same request will be refused again.`,
      extensions: members,
    });
  }
}

export class ProviderFailedError extends LedgerError {
  constructor(failure: CallFailure, members: ProviderProblemMembers) {
    super({
      code: 'PROVIDER_FAILED',
      status: 502,
      title: 'The provider failed',
      detail: `${failure.message} Try again later; the execution keeps what happened.`,
      retryable: true,
      extensions: members,
      headers:
        failure.retryAfterMs === null
          ? {}
          : { 'Retry-After': String(Math.ceil(failure.retryAfterMs / 1000)) },
    });
  }
}

export class ProviderTimeoutError extends LedgerError {
  constructor(failure: CallFailure, members: ProviderProblemMembers) {
    super({
      code: 'PROVIDER_TIMEOUT',
      status: 504,
      title: 'The provider did not answer in time',
      detail: `${failure.message} Try again, allow more time with timeout_ms, or use :submit, which does not wait.`,
      retryable: true,
      extensions: members,
    });
  }
}

/** Members of the problem document that lead to the lineage. */
export interface ProviderProblemMembers extends Readonly<Record<string, unknown>> {
  readonly execution_id: string;
  /** The vendor's HTTP status; null when there was none. */
  readonly provider_status: number | null;
  /** How many calls were made. */
  readonly attempts: number;
}

export function providerProblem(failure: CallFailure, members: ProviderProblemMembers): LedgerError {
  if (failure.kind === 'timeout') return new ProviderTimeoutError(failure, members);
  if (failure.kind === 'provider_rejected') return new ProviderRejectedError(failure, members);
  return new ProviderFailedError(failure, members);
}
