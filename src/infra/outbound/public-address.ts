import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** All addresses that are routed on the public Internet stand in it. */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');

/**
 * Whether an address, as a resolver writes it, leads to the public Internet and nowhere else. What carries another
 * address inside (IPv4-mapped, 6to4, Teredo, NAT64) is not public, whatever it carries: who translates it, and to
 * what, is decided elsewhere.
 */
export function isPublicAddress(text: string): boolean {
  if (isIP(text) === 0) return false;
  const address = ipaddr.parse(text);
  if (address.range() !== 'unicast') return false;
  // `unicast` is what is left after the listed ranges; ::127.0.0.1, of the abolished "IPv4-compatible" ones, is not listed.
  return address.kind() === 'ipv4' || (address as ipaddr.IPv6).match(GLOBAL_UNICAST);
}
