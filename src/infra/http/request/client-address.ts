import type { IncomingMessage } from 'node:http';

/** Returns the client's address as Express' `request.ip` does with a number for `trust proxy`; `null` once the socket is gone. */
export function getClientAddress(request: IncomingMessage, trustedProxies: number): string | null {
  const peer = request.socket.remoteAddress ?? null;
  const forwarded = request.headers['x-forwarded-for'];
  if (trustedProxies === 0 || typeof forwarded !== 'string') return peer;
  // Each proxy appends the address of its client, so the list is read backwards, through trusted entries only.
  const hops = forwarded
    .split(',')
    .map((hop) => hop.trim())
    .filter((hop) => hop !== '')
    .reverse();
  return hops[Math.min(trustedProxies, hops.length) - 1] ?? peer;
}
