import type { Problem } from '../wire/problem.js';

/** Everything this client throws by itself. An aborted call rejects with the reason of its signal, as `fetch` does. */
export class PromptLedgerError extends Error {
  /** Stable: branch on this one. */
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/** `CLIENT_MISCONFIGURED`: a setting or an argument that cannot work; nothing was sent. */
export class ConfigurationError extends PromptLedgerError {
  constructor(message: string) {
    super('CLIENT_MISCONFIGURED', message);
  }
}

/**
 * `CONNECTION_FAILED`: no answer came, after all tries, or a stream was cut before its end. `cause` has what `fetch` said.
 */
export class ConnectionError extends PromptLedgerError {
  constructor(message: string, cause: unknown) {
    super('CONNECTION_FAILED', message, { cause });
  }
}

/**
 * `OUTCOME_UNKNOWN`: the answer to a call was lost, and the call would happen twice if it were sent again. Look whether it was
 * carried out. `cause` is the {@link ConnectionError} or the {@link ApiError} of the try.
 */
export class OutcomeUnknownError extends PromptLedgerError {
  constructor(what: string, cause: PromptLedgerError) {
    super(
      'OUTCOME_UNKNOWN',
      `Nobody knows whether ${what} was carried out. ${cause.message} Look before you send it again.`,
      {
        cause,
      },
    );
  }
}

/** `CLIENT_TIMEOUT`: this client's own time limit. The ledger may still carry out what was sent. */
export class TimeoutError extends PromptLedgerError {
  constructor(message: string) {
    super('CLIENT_TIMEOUT', message);
  }
}

/** `TEMPLATE_VARIABLES_MISSING`, found while rendering here, before anything was sent. */
export class TemplateVariablesMissing extends PromptLedgerError {
  /** @param names every absent variable with its path, such as `user.name`, in order of appearance. */
  constructor(
    readonly names: readonly string[],
    message: string,
  ) {
    super('TEMPLATE_VARIABLES_MISSING', message);
  }
}

/** A template that does not parse (`TEMPLATE_INVALID`), or a result that is too large, found while rendering here. */
export class TemplateError extends PromptLedgerError {}

/** `NO_ACTIVE_VERSION`: the prompt exists, and no version of it was activated. */
export class NoActiveVersionError extends PromptLedgerError {
  constructor(promptName: string) {
    super(
      'NO_ACTIVE_VERSION',
      `Prompt "${promptName}" has no active version: activate one, or ask for a version.`,
    );
  }
}

/** The answer itself, for callers who need more than the error says. The body of `response` has been read and is `body`. */
export interface FailedAnswer {
  readonly response: Response;
  readonly body: string;
  /** Null when something else than the ledger answered, such as a proxy. */
  readonly problem: Problem | null;
  /** The status of a problem that came in a stream, which had begun with a 200. Default: that of the response. */
  readonly status?: number;
}

/** The ledger refused, or could not. There is a subclass for each status that it uses. */
export class ApiError extends PromptLedgerError {
  readonly status: number;
  readonly problem: Problem | null;
  readonly response: Response;
  readonly body: string;

  constructor({ response, body, problem, status = response.status }: FailedAnswer) {
    super(
      problem?.code ?? `HTTP_${status}`,
      problem?.detail ?? `The server answered ${status} without a reason.`,
    );
    this.status = status;
    this.problem = problem;
    this.response = response;
    this.body = body;
    // Not among what a console prints: the sentence and the code say it.
    for (const name of ['response', 'body']) Object.defineProperty(this, name, { enumerable: false });
  }

  /** The id of the request in the log of the service; null when none came. */
  get requestId(): string | null {
    return this.response.headers.get('x-request-id');
  }

  /** The id of the execution that the problem is about, where it names one. */
  get executionId(): string | null {
    const id = this.problem?.['execution_id'];
    return typeof id === 'string' ? id : null;
  }
}

/** 400 */
export class BadRequestError extends ApiError {}
/** 401: no key, or one that does not hold. */
export class AuthenticationError extends ApiError {}
/** 402: over a budget. */
export class PaymentRequiredError extends ApiError {}
/** 403: the key lacks a scope. */
export class PermissionDeniedError extends ApiError {}
/** 404 */
export class NotFoundError extends ApiError {}
/** 409: what it is about is not in the state for it. */
export class ConflictError extends ApiError {}
/** 413 */
export class TooLargeError extends ApiError {}
/** 422: well-formed, and wrong by its meaning. */
export class UnprocessableError extends ApiError {}
/** 429 */
export class RateLimitError extends ApiError {}
/** 500, and every other status from 500 up that has no class of its own. */
export class ServerError extends ApiError {}
/** 502: the provider refused or failed. */
export class ProviderError extends ServerError {}
/** 503 */
export class UnavailableError extends ServerError {}
/** 504: the provider did not answer in time. */
export class ProviderTimeoutError extends ServerError {}

const CLASSES: ReadonlyMap<number, new (answer: FailedAnswer) => ApiError> = new Map([
  [400, BadRequestError],
  [401, AuthenticationError],
  [402, PaymentRequiredError],
  [403, PermissionDeniedError],
  [404, NotFoundError],
  [409, ConflictError],
  [413, TooLargeError],
  [422, UnprocessableError],
  [429, RateLimitError],
  [502, ProviderError],
  [503, UnavailableError],
  [504, ProviderTimeoutError],
]);

/** The error of an answer from 400 up. */
export function toError(answer: FailedAnswer): ApiError {
  const { status = answer.response.status } = answer;
  const Class = CLASSES.get(status) ?? (status >= 500 ? ServerError : ApiError);
  return new Class(answer);
}
