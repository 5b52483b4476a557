import { Logger } from '@nestjs/common';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AccessLine } from '../../logging/index.js';
import { getRequestId } from './request-id.js';
import { getRoute } from './get-route.js';

/** Takes the line of one request. */
export type AccessLog = (line: AccessLine) => void;

/**
 * Told of each request that is over, probes included.
 * @param route the pattern of the route that answered; null when none did.
 * @param status null when the client left before there was one.
 */
export type RequestObserver = (
  method: string,
  route: string | null,
  status: number | null,
  elapsedMs: number,
) => void;

const logger = new Logger('Http');

/**
 * Writes one line at the end of each request: ids, names, sizes and times, never a header or a query.
 *
 * Not pino-http: it makes two child loggers a request, and nestjs-pino carries one of them along in an AsyncLocalStorage, which slows
 * down every promise of the process. What logs inside of a request names its ids itself.
 */
export function logRequests(server: Server, log: AccessLog, observe: RequestObserver | null = null): void {
  // In front of all other listeners, so that the time counts from the arrival.
  server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
    // Express changes the URL while it looks for who answers.
    const { method = '', url = '' } = request;
    // Probes come every few seconds, and what they found is in their answer.
    const isProbe = url.startsWith('/health') || url === '/metrics';
    if (isProbe && observe === null) return;
    const startedAtMs = performance.now();
    // It comes once, so `once` with its wrapper is not needed.
    response.on('close', () => {
      const elapsedMs = performance.now() - startedAtMs;
      const { statusCode: status, headersSent } = response;
      observe?.(method, getRoute(request), headersSent ? status : null, elapsedMs);
      if (isProbe) return;
      log({
        requestId: getRequestId(request),
        method,
        path: withoutQuery(url),
        status,
        elapsedMs,
        isComplete: response.writableFinished,
      });
    });
  });
}

/** Through Nest's logger, for an app that has no log of its own. */
export function logByNest(line: AccessLine): void {
  const { requestId, method, path, status, elapsedMs, isComplete } = line;
  const fields = {
    reqId: requestId,
    req: { id: requestId, method, path },
    res: { statusCode: status },
    responseTime: Math.round(elapsedMs),
  };
  logger.log(fields, isComplete ? 'request completed' : 'request aborted');
}

/** A query's values are content. */
function withoutQuery(url: string): string {
  const end = url.indexOf('?');
  return end === -1 ? url : url.slice(0, end);
}
