import helmet from 'helmet';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { identify, REQUEST_ID_HEADER } from '../request/request-id.js';

/** Name and value. */
export type Header = readonly [name: string, value: string];

/**
 * The headers that protect browsers, the same on every answer. helmet's headers depend only on its options, so it runs once: as a
 * middleware it would be a chain of twelve calls per request.
 */
export const SECURITY_HEADERS: readonly Header[] = askHelmet();

/** Gives a request its id, and its answer the headers of every answer. */
export function commonHeadersMiddleware(
  request: IncomingMessage,
  response: ServerResponse,
  next: () => void,
): void {
  response.setHeader(REQUEST_ID_HEADER, identify(request));
  for (const [name, value] of SECURITY_HEADERS) response.setHeader(name, value);
  next();
}

function askHelmet(): readonly Header[] {
  const headers: Header[] = [];
  const collect = {
    setHeader: (name: string, value: string) => void headers.push([name, value]),
    removeHeader: () => undefined,
  };
  securityHeaders()({} as IncomingMessage, collect as unknown as ServerResponse, (error?: unknown) => {
    if (error !== undefined) throw new Error('helmet refused its options', { cause: error });
  });
  return headers;
}

function securityHeaders(): ReturnType<typeof helmet> {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        baseUri: ["'self'"],
        frameAncestors: ["'none'"],
        objectSrc: ["'none'"],
        // The explorer has inline styles and draws its icons from data URLs. Scripts need no such exception.
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:'],
        // Leaves out helmet's default upgrade-insecure-requests, which on plain http would send the explorer's own files to https.
      },
    },
    xFrameOptions: { action: 'deny' },
    // Only the operator who terminates TLS in front of the service can promise https for the whole domain for a year.
    strictTransportSecurity: false,
  });
}
