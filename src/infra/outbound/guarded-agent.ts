import { lookup, type LookupAddress, type LookupAllOptions } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { Agent, buildConnector } from 'undici';
import { bareHost, type CallbackUrlPolicy } from './callback-url-policy.js';

/** The host has no address that this service may connect to. The message does not reveal its addresses. */
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
  /** The time limit for establishing a connection. */
  readonly connectTimeoutMs: number;
  /** Default: the system's resolver. */
  readonly resolve?: Resolve;
}

/**
 * Creates an agent that connects only to public addresses and to what the operator allows. It checks the very addresses that the socket
 * receives, because a name could resolve differently between a separate check and the connection. Connections are not kept, so each request
 * is checked anew. Redirects are not followed, which is undici's default.
 */
export function createGuardedAgent(policy: CallbackUrlPolicy, options: GuardedAgentOptions): Agent {
  return new Agent({ pipelining: 0, connect: createGuardedConnector(policy, options) });
}

/** Opens connections like {@link createGuardedAgent}, for clients that keep them. The address is checked when connecting. */
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

/** Passes on the allowed addresses of a name. */
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
