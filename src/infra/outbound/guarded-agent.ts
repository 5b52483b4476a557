import { lookup, type LookupAddress, type LookupAllOptions } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { Agent, buildConnector } from 'undici';
import { bareHost, type CallbackUrlPolicy } from './callback-url-policy.js';

/** The host has no address that this service may connect to. Its message does not say which ones it has. */
export class AddressRefusedError extends Error {
  constructor() {
    super('the host has no public address');
    this.name = 'AddressRefusedError';
  }
}

type Resolve = (
  hostname: string,
  options: LookupAllOptions,
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

export interface GuardedAgentOptions {
  /** Until a connection stands. */
  readonly connectTimeoutMs: number;
  /** The system's, unless a test has its own. */
  readonly resolve?: Resolve;
}

/**
 * An agent that connects to public addresses only, and to what the operator allows. The check is of the addresses that
 * the socket is then given: between a check of its own and a connection a name could change its mind. Connections are not
 * kept, so each request is checked afresh; redirects are not followed, as nowhere in undici unless asked for.
 */
export function createGuardedAgent(policy: CallbackUrlPolicy, options: GuardedAgentOptions): Agent {
  return new Agent({ pipelining: 0, connect: createGuardedConnector(policy, options) });
}

/** Opens connections as {@link createGuardedAgent} says, for clients that keep them: an address is checked when it is connected to. */
export function createGuardedConnector(
  policy: CallbackUrlPolicy,
  { connectTimeoutMs, resolve = lookup }: GuardedAgentOptions,
): buildConnector.connector {
  const open = buildConnector({ timeout: connectTimeoutMs });
  const guarded = buildConnector({
    timeout: connectTimeoutMs,
    lookup: guardedLookup(policy, resolve),
  });
  return (options, callback) => {
    const host = bareHost(options.hostname);
    const port = Number(options.port) || (options.protocol === 'https:' ? 443 : 80);
    if (policy.vouchesFor(host, port)) open(options, callback);
    // A literal address is never looked up.
    else if (isIP(host) !== 0 && !policy.allowsAddress(host)) callback(new AddressRefusedError(), null);
    else guarded(options, callback);
  };
}

/** Hands over the allowed ones among all addresses of a name. */
export function guardedLookup(policy: CallbackUrlPolicy, resolve: Resolve): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) {
        callback(error, []);
        return;
      }
      const allowed = addresses.filter(({ address }) => policy.allowsAddress(address));
      const [first] = allowed;
      if (first === undefined) callback(new AddressRefusedError(), []);
      else if (options.all === true) callback(null, allowed);
      else callback(null, first.address, first.family);
    });
  };
}
