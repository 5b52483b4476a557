import type { ProviderConnect, ProviderEnv } from '../provider.contract.js';
import type { OwnSettings } from '../provider.decorator.js';

/** A project's own key, and its own address if it has one. */
export interface OwnCredentials {
  readonly apiKey: string;
  /** Null for the operator's address. */
  readonly baseUrl: string | null;
  /** Opens connections to the project's own address. */
  readonly connect: ProviderConnect;
}

/**
 * Overrides the operator's settings with a project's own. No other setting of the operator applies at a project's address, because further
 * headers, for one, may hold another key.
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

/** Returns scheme, host and port of calls; null if no address is known. */
export function findOrigin(env: ProviderEnv, own: OwnSettings, baseUrl: string | null): string | null {
  const ofOperator = (own.baseUrl === undefined ? undefined : env(own.baseUrl)) ?? own.defaultBaseUrl;
  const url = baseUrl ?? ofOperator;
  return url !== null && URL.canParse(url) ? new URL(url).origin : null;
}
