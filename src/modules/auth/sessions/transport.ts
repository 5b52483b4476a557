import type { Request } from 'express';
import { InsecureTransportError } from './errors.js';

/** The way in which a request came: encrypted, from a browser on this very machine, or in the clear over a network. */
export type Transport = 'tls' | 'loopback' | 'plain';

/** The part of a request that says how it got here. Express reads the headers of trusted proxies, and no others. */
export type Travelled = Pick<Request, 'secure' | 'hostname' | 'ips' | 'ip'>;

const LOOPBACK_ADDRESS = /^(?:::ffff:)?127(?:\.\d{1,3}){3}$|^::1$/;
const LOOPBACK_HOST = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/i;

/**
 * It goes by what the browser has in its address bar: a cookie for `localhost` never leaves the machine, even where a container's
 * network hides that. A client that a trusted proxy speaks for has to be on this machine, too.
 */
export function describeTransport(request: Travelled): Transport {
  if (request.secure) return 'tls';
  if (!LOOPBACK_HOST.test(request.hostname)) return 'plain';
  const isForwarded = request.ips.length > 0;
  return isForwarded && !LOOPBACK_ADDRESS.test(request.ip ?? '') ? 'plain' : 'loopback';
}

/** @returns how it came. @throws InsecureTransportError `INSECURE_TRANSPORT` for a request that somebody else can read. */
export function assertSafeTransport(request: Travelled): Transport {
  const transport = describeTransport(request);
  if (transport === 'plain') throw new InsecureTransportError();
  return transport;
}
