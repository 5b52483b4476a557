import { parseRetryAfterMs } from '../../../kernel/index.js';
import { ProviderError, type ProviderErrorKind } from '../provider.contract.js';

/** What an adapter knows about an unsuccessful HTTP answer. */
export interface FailedAnswer {
  readonly status: number;
  /** One safe clause, see `safeVendorMessage`. Left out when nothing is safe to show. */
  readonly detail?: string | null;
  /** The `Retry-After` header as received: seconds or an HTTP date. */
  readonly retryAfter?: string | null;
  /** Milliseconds, if the vendor sends them. Overrides `retryAfter`. */
  readonly retryAfterMs?: number | null;
  /** The `Date` header as received. A `Retry-After` that is a time counts from it, whatever our own clock says. */
  readonly date?: string | null;
  readonly providerRequestId?: string | null;
  /** For an error within the answer: see `ProviderErrorDetails`. */
  readonly answerBegan?: boolean;
  /** See `ProviderErrorDetails`. */
  readonly shouldRetry?: boolean | null;
}

/** Creates the error for an HTTP status, classified by the table at `ProviderErrorKind`. */
export function providerErrorFromStatus(answer: FailedAnswer): ProviderError {
  const detail = answer.detail ? `: ${answer.detail}` : '.';
  return new ProviderError(kindOfStatus(answer.status), `The provider answered ${answer.status}${detail}`, {
    status: answer.status,
    retryAfterMs: answer.retryAfterMs ?? parseRetryAfterMs(answer.retryAfter ?? null, answer.date ?? null),
    providerRequestId: answer.providerRequestId ?? null,
    answerBegan: answer.answerBegan ?? false,
    shouldRetry: answer.shouldRetry ?? null,
  });
}

function kindOfStatus(status: number): ProviderErrorKind {
  if (status === 429) return 'rate_limited';
  const refused = status >= 400 && status < 500 && status !== 408;
  return refused ? 'provider_rejected' : 'provider_error';
}

/** System errors of sockets and DNS, and those of undici and Node's HTTP parser (by prefix). */
const CONNECTION_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
]);
const CONNECTION_PREFIXES = ['UND_ERR_', 'HPE_', 'ERR_SSL_', 'ERR_TLS_', 'CERT_'];

/** OpenSSL's codes for a bad certificate, which is detected before anything is sent. */
const CERTIFICATE_CODES = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'HOSTNAME_MISMATCH',
  'INVALID_CA',
]);
/** These codes mean that no connection was established, so nothing was sent. A reset or a timeout may come at any time. */
const UNCONNECTED_CODES = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT']);
const UNCONNECTED_PREFIXES = ['ERR_TLS_CERT_', 'CERT_'];
/** System calls that precede a connection. */
const UNCONNECTED_CALLS: readonly unknown[] = ['connect', 'getaddrinfo'];

/**
 * Classifies whatever an adapter threw. Neither passes on the error's own message nor keeps it as `cause`: a JSON `SyntaxError` quotes the
 * answer, and an SDK's error carries headers, and both would end up in a log.
 */
export function toProviderError(error: unknown, providerRequestId: string | null = null): ProviderError {
  if (error instanceof ProviderError) return error;
  const code = connectionCode(error);
  return code === null
    ? new ProviderError('provider_error', `The provider's answer made no sense (${getErrorName(error)}).`, {
        providerRequestId,
      })
    : new ProviderError('connection', `The connection to the provider failed (${code}).`, {
        providerRequestId,
        ...(wasNeverSent(error) ? { wasSent: false } : {}),
      });
}

/** Returns whether a connection error proves that the provider was never reached. */
export function wasNeverSent(error: unknown): boolean {
  const broken = findBrokenLine(error);
  if (broken === null) return false;
  const { code, syscall } = broken;
  return (
    UNCONNECTED_CODES.has(code) ||
    CERTIFICATE_CODES.has(code) ||
    UNCONNECTED_PREFIXES.some((prefix) => code.startsWith(prefix)) ||
    UNCONNECTED_CALLS.includes(syscall)
  );
}

/** Returns the code of a connection error anywhere in the chain of causes (fetch buries it two deep), else null. */
export function connectionCode(error: unknown): string | null {
  return findBrokenLine(error)?.code ?? null;
}

function findBrokenLine(error: unknown): { readonly code: string; readonly syscall: unknown } | null {
  let current = error;
  for (let depth = 0; depth < 5 && typeof current === 'object' && current !== null; depth += 1) {
    const code: unknown = Reflect.get(current, 'code');
    if (typeof code === 'string' && isConnectionCode(code)) {
      return { code, syscall: Reflect.get(current, 'syscall') };
    }
    current = Reflect.get(current, 'cause');
  }
  return null;
}

function isConnectionCode(code: string): boolean {
  if (CONNECTION_CODES.has(code) || CERTIFICATE_CODES.has(code)) return true;
  return CONNECTION_PREFIXES.some((prefix) => code.startsWith(prefix));
}

function getErrorName(error: unknown): string {
  const name: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'name') : null;
  return typeof name === 'string' ? name : typeof error;
}
