import helmet from 'helmet';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { identify, REQUEST_ID_HEADER } from '../request/request-id.js';

/** Name and value. */
export type Header = readonly [name: string, value: string];

/**
 * The headers that protect browsers, the same on every answer. helmet decides by its options alone, so it is asked
 * once: as a middleware it is a chain of twelve calls on every request.
 */
export const SECURITY_HEADERS: readonly Header[] = askHelmet();

/** Gives a request its id, and its answer what every answer carries. */
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
        // The explorer styles its elements inline and draws its icons from data URLs. Scripts need nothing of the kind.
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:'],
        // No upgrade-insecure-requests, helmet's default: on plain http it sends the explorer's own files to https.
      },
    },
    xFrameOptions: { action: 'deny' },
    // Whether the whole domain is https for a year is for whoever ends TLS in front of us to say.
    strictTransportSecurity: false,
  });
}
