import { Logger } from '@nestjs/common';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AccessLine } from '../../logging/index.js';
import { getRequestId } from './request-id.js';
import { getRoute } from './get-route.js';

/** Receives the access line of one request. */
export type AccessLog = (line: AccessLine) => void;

/**
 * Called when a request ends, including probes.
 * @param route the pattern of the route that answered; null when none did.
 * @param status null when the client left before an answer began.
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
 * pino-http is not used: it creates two child loggers per request, and nestjs-pino carries one of them in an AsyncLocalStorage, which slows
 * down every promise of the process. Code that logs during a request includes its ids itself.
 */
export function logRequests(server: Server, log: AccessLog, observe: RequestObserver | null = null): void {
  // Prepended, so that the time counts from the request's arrival.
  server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
    // Read now, because Express changes the URL while it matches routes.
    const { method = '', url = '' } = request;
    // Probes come every few seconds, and their answers already contain their findings.
    const isProbe = url.startsWith('/health') || url === '/metrics';
    if (isProbe && observe === null) return;
    const startedAtMs = performance.now();
    // 'close' fires once, so the wrapper of `once` is not needed.
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

/** Logs through Nest's logger, for an app without an access log of its own. */
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

/** Removes the query, because its values are content. */
function withoutQuery(url: string): string {
  const end = url.indexOf('?');
  return end === -1 ? url : url.slice(0, end);
}
