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

/** The body of every answer from 400 up (RFC 9457), with whatever further members its code documents. */
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
 * Answers a request with an error, whatever was thrown, through the response of the ordinary way. When an answer has
 * begun already, the socket is destroyed: a cut is the only sign of failure that is left.
 */
export function writeProblem(request: IncomingMessage, response: ServerResponse, thrown: unknown): void {
  const answer = answerOfError(request, thrown);
  if (response.headersSent) response.destroy();
  else writeRawAnswer(response, answer);
}

/**
 * The answer to a request that ended in an error, whatever was thrown; a defect goes into the log. The filter, the
 * middleware in front of it and what answers without Nest come through here, so that an error looks the same from each.
 */
export function answerOfError(request: IncomingMessage, thrown: unknown): RawAnswer {
  const error = toLedgerError(request, thrown);
  logDefect(request, error);
  return problemAnswer(error, getPath(request));
}

/**
 * The very bytes of an error, to be kept with an idempotency key and sent again: a problem document, or what the clients of
 * that path expect.
 *
 * @param instance the path of the request, of {@link getPath}
 */
export function problemAnswer(error: LedgerError, instance: string): RawAnswer {
  const format = findErrorFormat(instance);
  if (format !== null) return format.answer(error, instance);
  const headers = { ...error.headers, 'Content-Type': PROBLEM_MEDIA_TYPE, 'Cache-Control': 'no-store' };
  return new RawAnswer(error.status, headers, JSON.stringify(toProblem(error, instance)));
}

/** What may not stand in the path of a URI reference as it is: a percent sign that encodes nothing, and characters of no path. */
const NOT_IN_A_PATH = /%(?![0-9A-Fa-f]{2})|[^\w.~:/@!$&'()*+,;=%-]/g;

/** @param instance the path of the request, or `""` when there is none yet. Whatever of it no URI holds is percent-encoded. */
export function toProblem(error: LedgerError, instance: string): Problem {
  return {
    ...error.extensions,
    // A reference into this service's own pages: there is no domain to own, and a link that opens beats a name.
    type: `/docs/errors#${error.code}`,
    title: error.title,
    status: error.status,
    detail: error.message,
    instance: instance.replace(NOT_IN_A_PATH, encodeByte),
    code: error.code,
    ...(error.errors === undefined ? {} : { errors: error.errors }),
  };
}

/** Node hands a request's path on byte by byte, each as one character. */
function encodeByte(char: string): string {
  return `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}

function toLedgerError(request: IncomingMessage, thrown: unknown): LedgerError {
  if (thrown instanceof LedgerError) return thrown;
  if (thrown instanceof HttpException) return fromHttpException(request, thrown);
  // Express raises it for a path parameter that is not well encoded.
  if (thrown instanceof URIError) return new ValidationError('Percent-encode the URL as UTF-8.');
  if (isDatabaseOutage(thrown)) return new DatabaseUnavailableError(thrown);
  return new InternalError(thrown);
}

/** Only the framework raises these here; our own code raises LedgerErrors. */
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

/** A client that believes to speak to a proxy sends the whole URL (RFC 9112, absolute-form). */
const ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i;

/** The path as it was sent: without the query, whose values are content and do not belong in an answer that others may log. */
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
