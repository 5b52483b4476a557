import { type ErrorFormat, RawAnswer } from '../../infra/http/index.js';
import type { ErrorEntry, LedgerError } from '../../kernel/index.js';
import { describeMissingRoute } from './describe-missing-route.js';
import { OpenAiErrorDto } from './openai-error.dto.js';
import { rolloutHeaders } from './rollout-headers.js';

/** OpenAI's codes for errors that have their own code in the ledger. Null where OpenAI sends no code. */
const CODES: Readonly<Record<string, string | null>> = {
  UNAUTHORIZED: 'invalid_api_key',
  VALIDATION_FAILED: null,
  MODEL_NOT_FOUND: 'model_not_found',
  MODEL_ROUTE_NOT_FOUND: 'model_not_found',
  PROMPT_NOT_FOUND: 'model_not_found',
  VERSION_NOT_FOUND: 'model_not_found',
  NO_ACTIVE_VERSION: 'model_not_found',
  PROVIDER_NOT_FOUND: 'model_not_found',
  ROUTE_NOT_FOUND: 'unknown_url',
  RATE_LIMITED: 'rate_limit_exceeded',
  BUDGET_EXCEEDED: 'insufficient_quota',
};

/** OpenAI's codes for a vendor's statuses. The vendor's own code is not kept. */
const VENDOR_CODES: Readonly<Record<number, string>> = { 404: 'model_not_found', 429: 'rate_limit_exceeded' };

/** Statuses that differ here. A client that knows nothing of templates sees a missing variable as a bad request. */
const STATUSES: Readonly<Record<string, number>> = {
  NO_ACTIVE_VERSION: 404,
  TEMPLATE_VARIABLES_MISSING: 400,
  TEMPLATE_INVALID: 400,
};

/**
 * Statuses of a vendor that are not passed on. They concern the key and the account of the provider call, and the caller would
 * look at their own key instead.
 */
const NOT_PASSED_ON = new Set([401, 402, 403, 407]);

/** The names of our members in this API. */
const MEMBERS: Readonly<Record<string, string>> = {
  variables: 'prompt_variables',
  max_new_tokens: 'max_completion_tokens',
  correlation_id: 'user',
};

/** The message that every body reader uses for an unknown field. */
const UNKNOWN_FIELD = 'is not a known field';

/** Whether the official clients retry after this status unless they are told not to. */
const isRetriedByClients = (status: number): boolean => [408, 409, 429].includes(status) || status >= 500;

export const OPENAI_ERRORS: ErrorFormat = { pathPrefix: '/openai', answer: toAnswer, dto: OpenAiErrorDto };

function toAnswer(error: LedgerError, instance: string): RawAnswer {
  const status = toStatus(error);
  const faults = error.errors?.map(toFault);
  const body = {
    error: {
      message: error.code === 'ROUTE_NOT_FOUND' ? describeMissingRoute(instance) : toMessage(error),
      type: toType(error, status),
      param: faults?.[0]?.param ?? toParam(error),
      code: readCode(error),
      ...error.extensions,
      ledger_code: error.code,
      ...(faults === undefined ? {} : { errors: faults }),
    },
  };
  return RawAnswer.json(status, JSON.stringify(body), toHeaders(error, status));
}

function toHeaders(error: LedgerError, status: number): Readonly<Record<string, string>> {
  const { execution_id: executionId, rollout } = error.extensions;
  // An internal error may be transient, so clients may retry it.
  const isFutile = isRetriedByClients(status) && !error.retryable && error.code !== 'INTERNAL_ERROR';
  return {
    ...error.headers,
    'Cache-Control': 'no-store',
    ...(isFutile ? { 'X-Should-Retry': 'false' } : {}),
    ...(typeof executionId === 'string' ? { 'X-Execution-Id': executionId } : {}),
    ...rolloutHeaders(rollout),
  };
}

function toStatus(error: LedgerError): number {
  return readVendorStatus(error) ?? STATUSES[error.code] ?? error.status;
}

/** Returns the vendor's status that is passed on; null when there is none. */
function readVendorStatus({ extensions: { provider_status: said } }: LedgerError): number | null {
  // A success status would make the body look like an answer.
  const isError = typeof said === 'number' && said >= 400 && said <= 599;
  return isError && !NOT_PASSED_ON.has(said) ? said : null;
}

function toType({ code }: LedgerError, status: number): string {
  if (code === 'BUDGET_EXCEEDED') return 'insufficient_quota';
  if (status === 429) return 'requests';
  return status >= 500 ? 'server_error' : 'invalid_request_error';
}

function readCode(error: LedgerError): string | null {
  const said = readVendorStatus(error);
  if (said !== null) return VENDOR_CODES[said] ?? null;
  const known = CODES[error.code];
  return known === undefined ? error.code.toLowerCase() : known;
}

/** Only what `model` names can be missing here. */
function toParam(error: LedgerError): string | null {
  return readCode(error) === 'model_not_found' ? 'model' : null;
}

function toMessage({ message, errors }: LedgerError): string {
  const [first] = errors ?? [];
  if (first === undefined) return message;
  const { param, message: fault } = toFault(first);
  if (param === null) return `${message} The body ${fault}.`;
  if (first.message === UNKNOWN_FIELD) return `Unrecognized request argument supplied: ${param}`;
  return `Invalid value for '${param}': ${fault}.`;
}

function toFault({ pointer, message }: ErrorEntry): { param: string | null; message: string } {
  // The client sent an unknown member under its own name, which must not be translated.
  return { param: paramOfPointer(pointer, message === UNKNOWN_FIELD ? {} : MEMBERS), message };
}

/** Turns `/messages/0/content` into `messages[0].content`. */
function paramOfPointer(pointer: string, members: Readonly<Record<string, string>>): string | null {
  if (pointer === '') return null;
  const steps = pointer
    .slice(1)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  const [first = '', ...rest] = steps[0] === 'params' && steps.length > 1 ? steps.slice(1) : steps;
  const named = Object.hasOwn(members, first) ? (members[first] as string) : first;
  return rest.reduce((path, step) => path + (/^\d+$/.test(step) ? `[${step}]` : `.${step}`), named);
}
