import type { AddressInfo } from 'node:net';

const ALL_ADDRESSES = ['0.0.0.0', '::'];
const LOOPBACK = ['127.0.0.1', '::1', 'localhost'];

/** Returns the URL at which people on this machine reach the server: by name if that works, otherwise by the address it listens on. */
export function listeningUrl({ address, family, port }: AddressInfo): string {
  if ([...ALL_ADDRESSES, ...LOOPBACK].includes(address)) return `http://localhost:${port}`;
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}
