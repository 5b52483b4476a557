import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Contains all IPv6 addresses that are routed on the public Internet. */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');

/**
 * Whether an address, as a resolver writes it, leads only to the public Internet. An address that embeds another one (IPv4-mapped, 6to4,
 * Teredo, NAT64) is not public, because its translation is decided elsewhere.
 */
export function isPublicAddress(text: string): boolean {
  if (isIP(text) === 0) return false;
  const address = ipaddr.parse(text);
  if (address.range() !== 'unicast') return false;
  // `unicast` is what remains after the listed ranges. ::127.0.0.1, one of the deprecated "IPv4-compatible" addresses, is not listed.
  return address.kind() === 'ipv4' || (address as ipaddr.IPv6).match(GLOBAL_UNICAST);
}
