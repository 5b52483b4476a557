import { Logger } from '@nestjs/common';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { requestIdOf } from './request-id.js';

const logger = new Logger('Http');

/**
 * One line at the end of each request, whoever answered it: ids, names, sizes and times, never a header or a query.
 *
 * Not pino-http: it makes two child loggers a request, and nestjs-pino carries one of them along in an
 * AsyncLocalStorage, which slows down every promise of the process. What logs inside of a request names its ids itself.
 */
export function logRequests(server: Server): void {
  // In front of all other listeners, so that the time counts from the arrival.
  server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
    const { method, url = '' } = request;
    // Probes come every few seconds, and what they found is in their answer.
    if (url.startsWith('/health')) return;
    const startedAtMs = performance.now();
    response.once('close', () => {
      const reqId = requestIdOf(request);
      const line = {
        reqId,
        req: { id: reqId, method, path: withoutQuery(url) },
        res: { statusCode: response.statusCode },
        responseTime: Math.round(performance.now() - startedAtMs),
      };
      logger.log(line, response.writableFinished ? 'request completed' : 'request aborted');
    });
  });
}

/** A query's values are content. */
function withoutQuery(url: string): string {
  const end = url.indexOf('?');
  return end === -1 ? url : url.slice(0, end);
}
