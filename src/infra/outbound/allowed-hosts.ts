import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { ConfigurationError } from '../config/index.js';

type Range = [ipaddr.IPv4 | ipaddr.IPv6, number];

/** For example `hooks.internal`, `hooks.internal:8080`, `10.1.2.3:8080`, `[fd00::1]:8080`. */
const HOST = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?))(?::(\d{1,5}))?$/;

/** The hosts in `WEBHOOK_ALLOWED_HOSTS`, which the operator allows although they are not on the public Internet. */
export class AllowedHosts {
  private readonly hosts = new Set<string>();
  private readonly ranges: Range[] = [];

  /**
   * @param entries host names, which are allowed whatever they resolve to, and addresses and CIDR ranges, which also allow a name that
   *   resolves to one of them. Each may have a port.
   * @throws ConfigurationError for an entry that is none of these.
   */
  constructor(entries: readonly string[]) {
    for (const entry of entries) this.add(entry.toLowerCase());
  }

  private add(entry: string): void {
    const range = readRange(entry);
    if (range !== null) {
      this.ranges.push(range);
      return;
    }
    const [, ipv6, name, port] = HOST.exec(entry) ?? [];
    const host = ipv6 === undefined ? name : canonicalIpv6(ipv6);
    if (host === undefined) {
      throw new ConfigurationError(
        `WEBHOOK_ALLOWED_HOSTS has "${entry}", which is neither a host, a host with a port, an address nor a CIDR range.`,
      );
    }
    this.hosts.add(port === undefined ? host : `${host}:${Number(port)}`);
  }

  /** @param host the host of a URL in lower case, an IPv6 address without its brackets. */
  hasHost(host: string, port: number): boolean {
    return this.hosts.has(host) || this.hosts.has(`${host}:${port}`);
  }

  hasAddress(text: string): boolean {
    if (isIP(text) === 0) return false;
    // `process` unwraps IPv4-mapped addresses, because the system connects to the IPv4 address inside.
    const address = ipaddr.process(text);
    return this.ranges.some(([base, bits]) => base.kind() === address.kind() && address.match(base, bits));
  }
}

function readRange(entry: string): Range | null {
  if (isIP(entry) !== 0) return [ipaddr.parse(entry), isIP(entry) === 4 ? 32 : 128];
  return ipaddr.isValidCIDR(entry) ? ipaddr.parseCIDR(entry) : null;
}

/** Returns the address as the URL parser writes it, or undefined for anything else. */
function canonicalIpv6(text: string): string | undefined {
  return isIP(text) === 6 ? new URL(`http://[${text}]`).hostname.slice(1, -1) : undefined;
}
