import type { ExecutionErrorType } from '../../entities/index.js';
import { endSentence, LedgerError } from '../../kernel/index.js';

/** The facts of a failed call; see `CallFailure`. */
interface CallFailure {
  readonly kind: ExecutionErrorType;
  readonly message: string;
  readonly retryAfterMs: number | null;
  readonly shouldRetry?: boolean | null;
}

export class ExecutionNotFoundError extends LedgerError {
  constructor(executionId: string, what = `Execution "${executionId}"`) {
    super({
      code: 'EXECUTION_NOT_FOUND',
      status: 404,
      title: 'No such execution',
      detail: `${what} was not found; GET /v1/executions lists all executions.`,
    });
  }

  static ofCorrelation(correlationId: string): ExecutionNotFoundError {
    return new ExecutionNotFoundError('', `An execution with the correlation_id "${correlationId}"`);
  }
}

export class ExecutionDispatchedError extends LedgerError {
  constructor(executionId: string) {
    super({
      code: 'EXECUTION_DISPATCHED',
      status: 409,
      title: 'The execution is being called now',
      detail: `Execution "${executionId}" is with the provider and can no longer be canceled; wait for its end.`,
      extensions: { execution_id: executionId },
    });
  }
}

export class ExecutionFinalError extends LedgerError {
  constructor(executionId: string, status: string) {
    super({
      code: 'EXECUTION_FINAL',
      status: 409,
      title: 'The execution is over',
      detail: `Execution "${executionId}" has ${status} already; there is nothing left to cancel.`,
      extensions: { execution_id: executionId },
    });
  }
}

/** Ends a stream whose reader has left. Only a repeated request with its key ever sees this error. */
export class ExecutionCanceledError extends LedgerError {
  constructor(executionId: string) {
    super({
      code: 'EXECUTION_CANCELED',
      status: 409,
      title: 'The execution was canceled',
      detail: `The client disconnected before the stream of execution "${executionId}" ended, so the execution was canceled; send the request with a new Idempotency-Key.`,
      extensions: { execution_id: executionId },
    });
  }
}

const QUEUE_RETRY_AFTER_SECONDS = { queue: 5, requests: 1, streams: 1 } as const;

export class QueueFullError extends LedgerError {
  constructor(what: 'queue' | 'requests' | 'streams', most: number) {
    super({
      code: 'QUEUE_FULL',
      status: 429,
      title: 'Too much is waiting',
      detail:
        what === 'queue'
          ? `The queue of the project has no room: it holds at most ${most} executions; send the request again later.`
          : `This process is already handling ${most} ${what}, its maximum; send the request again later.`,
      retryable: true,
      headers: { 'Retry-After': String(QUEUE_RETRY_AFTER_SECONDS[what]) },
    });
  }
}

/** Statuses with which a vendor refuses the provider key, whatever the request was. */
const ABOUT_THE_KEY: readonly (number | null)[] = [401, 403];

function suggestCure({ provider_status: status }: ProviderProblemMembers): string {
  return ABOUT_THE_KEY.includes(status)
    ? 'The provider refused the key that this service calls it with, or what that key may use. Ask an operator of this service to check the key.'
    : 'Change the prompt, the model or the params; the same request will be refused again.';
}

/** Reports the failure of a synchronous call to its caller. */
export class ProviderRejectedError extends LedgerError {
  constructor(failure: CallFailure, members: ProviderProblemMembers) {
    super({
      code: 'PROVIDER_REJECTED',
      status: 502,
      title: 'The provider refused the request',
      detail: `${endSentence(failure.message)} ${suggestCure(members)}`,
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
      detail: `${endSentence(failure.message)} Try again later; the execution keeps what happened.`,
      retryable: failure.shouldRetry !== false,
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
      detail: `${endSentence(failure.message)} Try again, allow more time with timeout_ms, or use :submit, which does not wait.`,
      retryable: true,
      extensions: members,
    });
  }
}

/** Reports that no call was made, because the circuit of that model is open. */
export class ProviderCircuitOpenError extends LedgerError {
  constructor(model: string, retryAfterMs: number, members: ProviderProblemMembers) {
    super({
      code: 'PROVIDER_CIRCUIT_OPEN',
      status: 503,
      title: 'The provider has failed too often',
      detail: `${model} is not called for a while, because too many of its latest calls failed; try again later, use another model, or :submit, which waits for it.`,
      retryable: true,
      extensions: members,
      headers: { 'Retry-After': String(Math.max(1, Math.ceil(retryAfterMs / 1000))) },
    });
  }
}

/** Members of the problem document that identify the execution and its calls. */
export interface ProviderProblemMembers extends Readonly<Record<string, unknown>> {
  readonly execution_id: string;
  /** The vendor's HTTP status; null when there was none. */
  readonly provider_status: number | null;
  /** The number of calls that were made. */
  readonly attempts: number;
}

export function providerProblem(failure: CallFailure, members: ProviderProblemMembers): LedgerError {
  if (failure.kind === 'client_closed') return new ExecutionCanceledError(members.execution_id);
  if (failure.kind === 'timeout') return new ProviderTimeoutError(failure, members);
  if (failure.kind === 'provider_rejected') return new ProviderRejectedError(failure, members);
  return new ProviderFailedError(failure, members);
}
