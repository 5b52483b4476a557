import { createRequire } from 'node:module';
import { ProviderSetupError } from '../errors.js';

/** The deadlines are the caller's. An SDK's own timer ends at the headers, so it is merely put out of the way. */
export const NO_TIMEOUT_MS = 2 ** 31 - 1;

/**
 * A vendor's SDK, loaded at its first use: each takes 10 to 20 MB, and most processes call one vendor. By `require`,
 * because the `import()` of a CommonJS file is not Jest's.
 */
export function loadSdk(name: string): unknown {
  return createRequire(__filename)(name);
}

/**
 * An address out of the environment.
 * @throws ProviderSetupError, which refuses the boot.
 */
export function checkedBaseUrl(variable: string, value: string, example: string): string {
  if (isHttpAddress(value)) return value;
  throw new ProviderSetupError(`Set ${variable} to an http or https address such as ${example}.`);
}

export function isHttpAddress(value: string): boolean {
  return /^https?:\/\//i.test(value) && URL.canParse(value);
}
