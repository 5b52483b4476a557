import type { IncomingMessage } from 'node:http';

/** The client's address, as Express' `request.ip` with a number for `trust proxy`; `null` once the socket is gone. */
export function getClientAddress(request: IncomingMessage, trustedProxies: number): string | null {
  const peer = request.socket.remoteAddress ?? null;
  const forwarded = request.headers['x-forwarded-for'];
  if (trustedProxies === 0 || typeof forwarded !== 'string') return peer;
  // Each proxy adds who it was called by at the end, so the list is read backwards, and no further than is believed.
  const hops = forwarded
    .split(',')
    .map((hop) => hop.trim())
    .filter((hop) => hop !== '')
    .reverse();
  return hops[Math.min(trustedProxies, hops.length) - 1] ?? peer;
}
