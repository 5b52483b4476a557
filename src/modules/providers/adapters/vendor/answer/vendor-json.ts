import { ProviderError } from '../../../provider.contract.js';

export type Json = Record<string, unknown>;

/** @throws ProviderError `provider_error` for anything that is not an object. */
export function asRecord(value: unknown): Json {
  if (typeof value === 'object' && value !== null) return value as Json;
  throw new ProviderError('provider_error', "The provider's answer is not what it should be.");
}

/** Returns null for the empty string, too. */
export function textOrNull(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

/** Reads an error's body, which may be anything. Returns an empty record unless it is an object. */
export function parseRecord(json: string): Json {
  try {
    return asRecord(JSON.parse(json));
  } catch {
    return {};
  }
}
