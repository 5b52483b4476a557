import type { ProviderConnect, ProviderEnv } from '../provider.contract.js';
import type { OwnSettings } from '../provider.decorator.js';

/** A project's own key, and its address where it has one. */
export interface OwnCredentials {
  readonly apiKey: string;
  /** Null for the operator's. */
  readonly baseUrl: string | null;
  /** Opens connections to the project's own address. */
  readonly connect: ProviderConnect;
}

/**
 * The settings of the operator with a project's own in their place. At an address of the project nothing else of the operator's
 * holds: further headers, for one, may hold another key.
 */
export function envWithOwn(
  env: ProviderEnv,
  own: OwnSettings,
  { apiKey, baseUrl, connect }: OwnCredentials,
): ProviderEnv {
  const [keyName, ...otherKeys] = own.apiKey;
  const read = (name: string): string | undefined => {
    if (name === keyName) return apiKey;
    if (otherKeys.includes(name)) return undefined;
    if (baseUrl === null || own.shared?.includes(name) === true) return env(name);
    return name === own.baseUrl ? baseUrl : undefined;
  };
  return baseUrl === null ? read : Object.assign(read, { connect });
}

/** Scheme, host and port of where calls go; null where no address is known. */
export function findOrigin(env: ProviderEnv, own: OwnSettings, baseUrl: string | null): string | null {
  const ofOperator = (own.baseUrl === undefined ? undefined : env(own.baseUrl)) ?? own.defaultBaseUrl;
  const url = baseUrl ?? ofOperator;
  return url !== null && URL.canParse(url) ? new URL(url).origin : null;
}
