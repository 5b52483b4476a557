import type { Request } from 'express';
import { InsecureTransportError } from './errors.js';

/** How a request arrived: encrypted, from a browser on this machine, or unencrypted over a network. */
export type Transport = 'tls' | 'loopback' | 'plain';

/** The part of a request that tells how it arrived. Express reads forwarding headers only from trusted proxies. */
export type Travelled = Pick<Request, 'secure' | 'hostname' | 'ips' | 'ip'>;

const LOOPBACK_ADDRESS = /^(?:::ffff:)?127(?:\.\d{1,3}){3}$|^::1$/;
const LOOPBACK_HOST = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/i;

/**
 * Decides by the host in the browser's address bar: a cookie for `localhost` never leaves the machine, even if a container's network hides
 * that. A client behind a trusted proxy must be on this machine, too.
 */
export function describeTransport(request: Travelled): Transport {
  if (request.secure) return 'tls';
  if (!LOOPBACK_HOST.test(request.hostname)) return 'plain';
  const isForwarded = request.ips.length > 0;
  return isForwarded && !LOOPBACK_ADDRESS.test(request.ip ?? '') ? 'plain' : 'loopback';
}

/** @returns how it arrived. @throws InsecureTransportError `INSECURE_TRANSPORT` for a request that others could read. */
export function assertSafeTransport(request: Travelled): Transport {
  const transport = describeTransport(request);
  if (transport === 'plain') throw new InsecureTransportError();
  return transport;
}
