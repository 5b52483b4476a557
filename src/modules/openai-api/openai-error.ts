import { type ErrorFormat, RawAnswer } from '../../infra/http/index.js';
import type { ErrorEntry, LedgerError } from '../../kernel/index.js';
import { describeMissingRoute } from './describe-missing-route.js';
import { OpenAiErrorDto } from './openai-error.dto.js';
import { rolloutHeaders } from './rollout-headers.js';

/** OpenAI's words for what the ledger has codes of its own for. Null where OpenAI says no code. */
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

/** The same of what a vendor said; its own word for it is not kept. */
const VENDOR_CODES: Readonly<Record<number, string>> = { 404: 'model_not_found', 429: 'rate_limit_exceeded' };

/** A missing variable is a bad request to a client that knows nothing of templates. */
const STATUSES: Readonly<Record<string, number>> = {
  NO_ACTIVE_VERSION: 404,
  TEMPLATE_VARIABLES_MISSING: 400,
  TEMPLATE_INVALID: 400,
};

/**
 * Statuses of a vendor that are not passed on: they are about the key and the account of the call, which are not the
 * caller's, who would look at the wrong key.
 */
const NOT_PASSED_ON = new Set([401, 402, 403, 407]);

/** Our names of members, as this API calls them. */
const MEMBERS: Readonly<Record<string, string>> = {
  variables: 'prompt_variables',
  max_new_tokens: 'max_completion_tokens',
  correlation_id: 'user',
};

/** The words of every reader of bodies. */
const UNKNOWN_FIELD = 'is not a known field';

/** Statuses after which the official clients retry unless they are told not to. */
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
  // An internal error may not show again, so clients are not kept from retrying.
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

/** The status that is passed on; null where it is none of a vendor's. */
function readVendorStatus({ extensions: { provider_status: said } }: LedgerError): number | null {
  // A status that is no error would make the body look like an answer.
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

/** Only what is named by `model` can be missing here. */
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

/** `/messages/0/content` is `messages[0].content`. */
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
