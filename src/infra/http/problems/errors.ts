import { STATUS_CODES } from 'node:http';
import { LedgerError } from '../../../kernel/index.js';

/** 413 `BODY_TOO_LARGE`: the body, after decompression, exceeds the limit of its route. */
export class BodyTooLargeError extends LedgerError {
  constructor(limitBytes: number) {
    super({
      code: 'BODY_TOO_LARGE',
      status: 413,
      title: 'The body is too large',
      detail: `Send a body of at most ${limitBytes} bytes, counted uncompressed.`,
    });
  }
}

/** 415 `ENCODING_UNSUPPORTED`: the service does not read this `Content-Encoding`. */
export class EncodingUnsupportedError extends LedgerError {
  constructor() {
    super({
      code: 'ENCODING_UNSUPPORTED',
      status: 415,
      title: 'The content encoding is not supported',
      detail: 'Send the body plain, or with the Content-Encoding gzip, deflate or br.',
      headers: { 'Accept-Encoding': 'gzip, deflate, br' },
    });
  }
}

/** 404 `ROUTE_NOT_FOUND`: the path does not exist. */
export class RouteNotFoundError extends LedgerError {
  constructor(method: string, path: string) {
    super({
      code: 'ROUTE_NOT_FOUND',
      status: 404,
      title: 'There is no such route',
      detail: `${method} ${path} was not found here; /docs lists every route, and a slash in a name is sent as %2F.`,
    });
  }
}

/** 405 `METHOD_NOT_ALLOWED`: the path exists, but with other methods. */
export class MethodNotAllowedError extends LedgerError {
  constructor(method: string, allowedMethods: readonly string[]) {
    super({
      code: 'METHOD_NOT_ALLOWED',
      status: 405,
      title: 'The method is not allowed',
      detail: `Use ${allowedMethods.join(' or ')} instead of ${method} on this path.`,
      headers: { Allow: allowedMethods.join(', ') },
    });
  }
}

/** 408 `REQUEST_TIMEOUT`: the request did not arrive completely in time. */
export class RequestTimeoutError extends LedgerError {
  constructor() {
    super({
      code: 'REQUEST_TIMEOUT',
      status: 408,
      title: 'The request took too long to arrive',
      detail: 'Send the whole request without long pauses.',
      retryable: true,
    });
  }
}

/** 431 `HEADERS_TOO_LARGE`: the request line and headers together exceed Node's limit. */
export class HeadersTooLargeError extends LedgerError {
  constructor() {
    super({
      code: 'HEADERS_TOO_LARGE',
      status: 431,
      title: 'The headers are too large',
      detail: 'Send a shorter URL and fewer or shorter headers.',
    });
  }
}

/** Any other 4xx that the framework raises, identified by its status. */
export class RequestRefusedError extends LedgerError {
  constructor(status: number, detail: string) {
    super({
      code: 'REQUEST_REFUSED',
      status,
      title: STATUS_CODES[status] ?? 'The request was refused',
      detail,
    });
  }
}

/** Long enough for Postgres to restart, short enough that a client that honours it hardly waits. */
const DATABASE_RETRY_AFTER_S = 5;

/** 503 `DATABASE_UNAVAILABLE`: Postgres cannot be reached, is starting or stopping, or has no connection left. */
export class DatabaseUnavailableError extends LedgerError {
  constructor(cause: unknown) {
    super({
      code: 'DATABASE_UNAVAILABLE',
      status: 503,
      title: 'The database is not available',
      detail: 'Send the request again after the seconds that Retry-After names.',
      retryable: true,
      headers: { 'Retry-After': String(DATABASE_RETRY_AFTER_S) },
      cause,
    });
  }
}

/** 500 `INTERNAL_ERROR`: a bug in this service. The log has the details under the request's id. */
export class InternalError extends LedgerError {
  constructor(cause: unknown) {
    super({
      code: 'INTERNAL_ERROR',
      status: 500,
      title: 'Something went wrong in this service',
      detail:
        'Report the X-Request-Id of this response to the operator of this service; its log has the details.',
      cause,
    });
  }
}
