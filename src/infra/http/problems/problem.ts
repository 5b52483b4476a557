import { HttpException, Logger } from '@nestjs/common';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { LedgerError, ValidationError } from '../../../kernel/index.js';
import type { ErrorEntry } from '../../../kernel/index.js';
import { isDatabaseOutage } from '../../database/index.js';
import { describeError } from './describe-error.js';
import { findErrorFormat } from './error-format.js';
import {
  DatabaseUnavailableError,
  InternalError,
  MethodNotAllowedError,
  RequestRefusedError,
  RouteNotFoundError,
} from './errors.js';
import { RawAnswer, writeRawAnswer } from '../request/raw-answer.js';
import { getRequestId } from '../request/request-id.js';
import { listAllowedMethods } from '../request/allowed-methods.js';

export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

/** The body of every answer with a status of 400 or above (RFC 9457), plus the members that its code documents. */
export interface Problem extends Readonly<Record<string, unknown>> {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly instance: string;
  readonly code: string;
  readonly errors?: readonly ErrorEntry[];
}

const logger = new Logger('Http');

/**
 * Answers a request with an error through the ordinary way's response. If an answer has already begun, destroys the socket: a cut
 * connection is then the only way to signal a failure.
 */
export function writeProblem(request: IncomingMessage, response: ServerResponse, thrown: unknown): void {
  const answer = answerOfError(request, thrown);
  if (response.headersSent) response.destroy();
  else writeRawAnswer(response, answer);
}

/**
 * Returns the answer to a request that failed, and logs the error if it is a bug. The filter, the middleware before it and routes that
 * bypass Nest all use it, so that an error looks the same from each.
 */
export function answerOfError(request: IncomingMessage, thrown: unknown): RawAnswer {
  const error = toLedgerError(request, thrown);
  logDefect(request, error);
  return problemAnswer(error, getPath(request));
}

/**
 * Returns the exact bytes of an error, which may be stored with an idempotency key and sent again: a problem document, or the format that
 * clients of the path expect.
 *
 * @param instance the path of the request, from {@link getPath}
 */
export function problemAnswer(error: LedgerError, instance: string): RawAnswer {
  const format = findErrorFormat(instance);
  if (format !== null) return format.answer(error, instance);
  const headers = { ...error.headers, 'Content-Type': PROBLEM_MEDIA_TYPE, 'Cache-Control': 'no-store' };
  return new RawAnswer(error.status, headers, JSON.stringify(toProblem(error, instance)));
}

/** Matches what a URI reference's path must not contain: a percent sign that encodes nothing, and other illegal characters. */
const NOT_IN_A_PATH = /%(?![0-9A-Fa-f]{2})|[^\w.~:/@!$&'()*+,;=%-]/g;

/** @param instance the path of the request, or `""` when there is none yet. Characters that a URI cannot contain are percent-encoded. */
export function toProblem(error: LedgerError, instance: string): Problem {
  return {
    ...error.extensions,
    // A reference to this service's own pages: a link that opens is more useful than a name, and there is no domain to own.
    type: `/docs/errors#${error.code}`,
    title: error.title,
    status: error.status,
    detail: error.message,
    instance: instance.replace(NOT_IN_A_PATH, encodeByte),
    code: error.code,
    ...(error.errors === undefined ? {} : { errors: error.errors }),
  };
}

/** Node passes on a request's path byte by byte, one character each. */
function encodeByte(char: string): string {
  return `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}

function toLedgerError(request: IncomingMessage, thrown: unknown): LedgerError {
  if (thrown instanceof LedgerError) return thrown;
  if (thrown instanceof HttpException) return fromHttpException(request, thrown);
  // Express raises URIError for a malformed path parameter.
  if (thrown instanceof URIError) return new ValidationError('Percent-encode the URL as UTF-8.');
  if (isDatabaseOutage(thrown)) return new DatabaseUnavailableError(thrown);
  return new InternalError(thrown);
}

/** Only the framework raises these; our own code raises LedgerErrors. */
function fromHttpException(request: IncomingMessage, exception: HttpException): LedgerError {
  const status = exception.getStatus();
  if (status === 404) return fromUnknownRoute(request);
  if (status === 400) return new ValidationError(exception.message);
  if (status > 400 && status < 500) return new RequestRefusedError(status, exception.message);
  return new InternalError(exception);
}

function fromUnknownRoute(request: IncomingMessage): LedgerError {
  const method = request.method ?? 'GET';
  const path = getPath(request);
  const allowed = listAllowedMethods(request, path);
  return allowed.length > 0 && !allowed.includes(method)
    ? new MethodNotAllowedError(method, allowed)
    : new RouteNotFoundError(method, path);
}

/** A client that thinks it talks to a proxy sends the whole URL (RFC 9112, absolute-form). */
const ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i;

/** Returns the path as sent, without the query: its values are content and do not belong in an answer that others may log. */
export function getPath(request: IncomingMessage): string {
  const original = 'originalUrl' in request ? request.originalUrl : request.url;
  if (typeof original !== 'string') return '';
  const path = original.startsWith('/') ? original : original.replace(ORIGIN, '');
  return path.replace(/[?#].*$/s, '');
}

function logDefect(request: IncomingMessage, error: LedgerError): void {
  const level =
    error instanceof InternalError ? 'error' : error instanceof DatabaseUnavailableError ? 'warn' : null;
  if (level === null) return;
  const fields = { reqId: getRequestId(request), code: error.code, ...describeError(error.cause) };
  logger[level](fields, 'a request ended in an unexpected error');
}
