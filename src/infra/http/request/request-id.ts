import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

export const REQUEST_ID_HEADER = 'X-Request-Id';

/** Accepts an id from a proxy or client only if it is harmless in a log or a header. */
const ACCEPTED_ID = /^[A-Za-z0-9._:/+=@-]{1,128}$/;

interface IdentifiedRequest {
  id?: unknown;
}

/** Gives the request its id: the client's own if it sent a harmless one. */
export function identify(request: IncomingMessage): string {
  const sent = request.headers['x-request-id'];
  const id = typeof sent === 'string' && ACCEPTED_ID.test(sent) ? sent : randomUUID();
  (request as IdentifiedRequest).id = id;
  return id;
}

/** Returns the id that {@link identify} gave the request, or `null` before that. */
export function getRequestId(request: IncomingMessage): string | null {
  const { id } = request as IdentifiedRequest;
  return typeof id === 'string' ? id : null;
}
