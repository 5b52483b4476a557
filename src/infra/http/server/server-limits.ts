import { STATUS_CODES } from 'node:http';
import type { Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { ValidationError } from '../../../kernel/index.js';
import type { LedgerError } from '../../../kernel/index.js';
import { HeadersTooLargeError, RequestTimeoutError } from '../problems/errors.js';
import { PROBLEM_MEDIA_TYPE, toProblem } from '../problems/problem.js';

/** Headers are a few hundred bytes; a client that takes longer holds sockets open on purpose. */
const HEADERS_TIMEOUT_MS = 15_000;
/** The time for a request to arrive, not to be answered: 16 MiB at 1.2 Mbit/s. Also ends the draining of a refused body. */
const REQUEST_TIMEOUT_MS = 120_000;
/**
 * Longer than the 60 s after which common load balancers close an idle connection. The side that closes second
 * never sends into a connection that the other has just closed (a 502 at the balancer).
 */
const KEEP_ALIVE_TIMEOUT_MS = 65_000;

/** Limits how long a client may take, and answers errors of Node's parser, which occur before any middleware, as problems. */
export function applyServerLimits(server: Server): void {
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  server.keepAliveTimeout = KEEP_ALIVE_TIMEOUT_MS;
  // Node would answer 417 without a body. RFC 9110 lets a server ignore an unknown expectation.
  server.on('checkExpectation', (request, response) => server.emit('request', request, response));
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    // A response may be under way on the socket; two answers to one request would be worse than none.
    if (!socket.writable || error.code === 'ECONNRESET' || hasAnswerUnderWay(socket)) {
      socket.destroy();
      return;
    }
    socket.end(rawAnswer(toLedgerError(error)));
  });
}

function toLedgerError({ code }: NodeJS.ErrnoException): LedgerError {
  if (code === 'HPE_HEADER_OVERFLOW') return new HeadersTooLargeError();
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return new RequestTimeoutError();
  return new ValidationError('Send a well-formed HTTP/1.1 request.');
}

/** Node keeps the response of the current request in this property, and its own handler checks the same one. */
function hasAnswerUnderWay(socket: Duplex): boolean {
  const message: unknown = '_httpMessage' in socket ? socket._httpMessage : null;
  return (
    typeof message === 'object' &&
    message !== null &&
    'headersSent' in message &&
    message.headersSent === true
  );
}

function rawAnswer(error: LedgerError): string {
  const body = JSON.stringify(toProblem(error, ''));
  const head = [
    `HTTP/1.1 ${error.status} ${STATUS_CODES[error.status] ?? ''}`,
    `Content-Type: ${PROBLEM_MEDIA_TYPE}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}
