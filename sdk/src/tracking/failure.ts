import type { ErrorType } from '../wire/index.js';

export interface Failure {
  readonly errorType: ErrorType;
  readonly message: string;
  /** The vendor's request id. */
  readonly requestId: string | null;
}

/** Classifies an error of a provider's library by its status and its name. */
export function toFailure(error: unknown): Failure {
  if (!(error instanceof Error))
    return { errorType: 'provider_error', message: String(error), requestId: null };
  const { status, requestID } = error as { status?: unknown; requestID?: unknown };
  return {
    errorType: typeof status === 'number' ? byStatus(status) : byName(error),
    message: error.message === '' ? error.name : error.message,
    requestId: typeof requestID === 'string' ? requestID : null,
  };
}

function byStatus(status: number): ErrorType {
  if (status === 429) return 'rate_limited';
  if (status === 408) return 'timeout';
  return status >= 400 && status < 500 ? 'provider_rejected' : 'provider_error';
}

/** Libraries signal timeouts and broken connections by the class name. */
function byName(error: Error): ErrorType {
  const names = `${error.name} ${error.constructor.name}`;
  if (/time-?out/i.test(names)) return 'timeout';
  return /connection/i.test(names) || names.startsWith('TypeError') ? 'connection' : 'provider_error';
}
