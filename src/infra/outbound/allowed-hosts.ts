import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { ConfigurationError } from '../config/index.js';

type Range = [ipaddr.IPv4 | ipaddr.IPv6, number];

/** Such as `hooks.internal`, `hooks.internal:8080`, `10.1.2.3:8080`, `[fd00::1]:8080`. */
const HOST = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?))(?::(\d{1,5}))?$/;

/** The hosts that the operator allows although they are not on the public Internet: `WEBHOOK_ALLOWED_HOSTS`. */
export class AllowedHosts {
  private readonly hosts = new Set<string>();
  private readonly ranges: Range[] = [];

  /**
   * @param entries host names, which hold for whatever they resolve to; addresses and CIDR ranges, which hold for a name
   * that resolves to one of them as well; and either with a port.
   * @throws ConfigurationError for what is none of these.
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

  /** @param host of a URL, in lower case, an IPv6 address without its brackets. */
  hasHost(host: string, port: number): boolean {
    return this.hosts.has(host) || this.hosts.has(`${host}:${port}`);
  }

  hasAddress(text: string): boolean {
    if (isIP(text) === 0) return false;
    // `process` unwraps IPv4-mapped ones: the system connects to the IPv4 address inside.
    const address = ipaddr.process(text);
    return this.ranges.some(([base, bits]) => base.kind() === address.kind() && address.match(base, bits));
  }
}

function readRange(entry: string): Range | null {
  if (isIP(entry) !== 0) return [ipaddr.parse(entry), isIP(entry) === 4 ? 32 : 128];
  return ipaddr.isValidCIDR(entry) ? ipaddr.parseCIDR(entry) : null;
}

/** The address as the URL parser writes it; undefined for anything else. */
function canonicalIpv6(text: string): string | undefined {
  return isIP(text) === 6 ? new URL(`http://[${text}]`).hostname.slice(1, -1) : undefined;
}
