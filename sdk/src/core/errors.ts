import type { Problem } from '../wire/problem.js';

/** The base class of all errors that this client creates. An aborted call rejects with its signal's reason, as `fetch` does. */
export class PromptLedgerError extends Error {
  /** Stable, so programs can branch on it. */
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/** `CLIENT_MISCONFIGURED`: a setting or an argument is invalid. Nothing was sent. */
export class ConfigurationError extends PromptLedgerError {
  constructor(message: string) {
    super('CLIENT_MISCONFIGURED', message);
  }
}

/** `CONNECTION_FAILED`: no answer came after all tries, or a stream was cut before its end. `cause` is the error from `fetch`. */
export class ConnectionError extends PromptLedgerError {
  constructor(message: string, cause: unknown) {
    super('CONNECTION_FAILED', message, { cause });
  }
}

/**
 * `OUTCOME_UNKNOWN`: the answer to a call was lost, and sending the call again would carry it out twice. Check whether it was carried out.
 * `cause` is the {@link ConnectionError} or the {@link ApiError} of the try.
 */
export class OutcomeUnknownError extends PromptLedgerError {
  constructor(what: string, cause: PromptLedgerError) {
    super(
      'OUTCOME_UNKNOWN',
      `It is unknown whether ${what} was carried out. ${cause.message} Look before you send it again.`,
      {
        cause,
      },
    );
  }
}

/** `CLIENT_TIMEOUT`: this client's own time limit was exceeded. The ledger may still carry out the request. */
export class TimeoutError extends PromptLedgerError {
  constructor(message: string) {
    super('CLIENT_TIMEOUT', message);
  }
}

/** `TEMPLATE_VARIABLES_MISSING`: found while rendering locally, before anything was sent. */
export class TemplateVariablesMissing extends PromptLedgerError {
  /** @param names the path of every absent variable, such as `user.name`, in order of appearance. */
  constructor(
    readonly names: readonly string[],
    message: string,
  ) {
    super('TEMPLATE_VARIABLES_MISSING', message);
  }
}

/** Local rendering failed: the template does not parse (`TEMPLATE_INVALID`) or the result is too large. */
export class TemplateError extends PromptLedgerError {}

/** `NO_ACTIVE_VERSION`: the prompt exists, but no version of it is active. */
export class NoActiveVersionError extends PromptLedgerError {
  constructor(promptName: string) {
    super(
      'NO_ACTIVE_VERSION',
      `Prompt "${promptName}" has no active version: activate one, or ask for a version.`,
    );
  }
}

/** The raw answer, for callers who need more than the error says. The body of `response` has been read and is in `body`. */
export interface FailedAnswer {
  readonly response: Response;
  readonly body: string;
  /** Null when something other than the ledger answered, such as a proxy. */
  readonly problem: Problem | null;
  /** The status of a problem in a stream that had begun with a 200. Default: the response's status. */
  readonly status?: number;
}

/** The ledger refused the request or failed. Each status that it uses has a subclass. */
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
    // Not enumerable, so that consoles do not print them; the message and the code are enough.
    for (const name of ['response', 'body']) Object.defineProperty(this, name, { enumerable: false });
  }

  /** The id of the request in the service's log; null when the answer had none. */
  get requestId(): string | null {
    return this.response.headers.get('x-request-id');
  }

  /** The id of the execution that the problem concerns, if it names one. */
  get executionId(): string | null {
    const id = this.problem?.['execution_id'];
    return typeof id === 'string' ? id : null;
  }
}

/** 400: the request is malformed. */
export class BadRequestError extends ApiError {}
/** 401: the key is missing or invalid. */
export class AuthenticationError extends ApiError {}
/** 402: a budget is exceeded. */
export class PaymentRequiredError extends ApiError {}
/** 403: the key lacks a scope. */
export class PermissionDeniedError extends ApiError {}
/** 404: the resource does not exist. */
export class NotFoundError extends ApiError {}
/** 409: the resource is not in a state that allows this. */
export class ConflictError extends ApiError {}
/** 413: the request or its result is too large. */
export class TooLargeError extends ApiError {}
/** 422: the request is well-formed but semantically wrong. */
export class UnprocessableError extends ApiError {}
/** 429: a rate limit is exceeded. */
export class RateLimitError extends ApiError {}
/** 500, and every other status of 500 or above without its own class. */
export class ServerError extends ApiError {}
/** 502: the provider refused or failed. */
export class ProviderError extends ServerError {}
/** 503: the service cannot answer now. */
export class UnavailableError extends ServerError {}
/** 503: the service or a provider is unavailable. */
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

/** Creates the error for an answer with a status of 400 or above. */
export function toError(answer: FailedAnswer): ApiError {
  const { status = answer.response.status } = answer;
  const Class = CLASSES.get(status) ?? (status >= 500 ? ServerError : ApiError);
  return new Class(answer);
}
