import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

export const REQUEST_ID_HEADER = 'X-Request-Id';

/** What a proxy or client sends is taken as it is if it cannot do harm in a log or a header. */
const ACCEPTED_ID = /^[A-Za-z0-9._:/+=@-]{1,128}$/;

/** `id` is where pino-http looks for an id before it makes its own, so that log and answer name the same one. */
interface IdentifiedRequest {
  id?: unknown;
}

/** Gives the request its id, the client's own if it sent one, and returns it on the answer, whatever that will be. */
export function requestIdMiddleware(
  request: IncomingMessage,
  response: ServerResponse,
  next: () => void,
): void {
  const sent = request.headers['x-request-id'];
  const id = typeof sent === 'string' && ACCEPTED_ID.test(sent) ? sent : randomUUID();
  (request as IdentifiedRequest).id = id;
  response.setHeader(REQUEST_ID_HEADER, id);
  next();
}

/** The id of a request that went through {@link requestIdMiddleware}, else `null`. */
export function requestIdOf(request: IncomingMessage): string | null {
  const { id } = request as IdentifiedRequest;
  return typeof id === 'string' ? id : null;
}
