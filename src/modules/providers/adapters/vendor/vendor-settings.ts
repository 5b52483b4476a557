import { ProviderSetupError } from '../../errors.js';

/**
 * Checks an address from the environment.
 * @throws ProviderSetupError, which refuses the boot.
 */
export function checkedBaseUrl(variable: string, value: string, example: string): string {
  if (isHttpAddress(value)) return value;
  throw new ProviderSetupError(`Set ${variable} to an http or https address such as ${example}.`);
}

export function isHttpAddress(value: string): boolean {
  return /^https?:\/\//i.test(value) && URL.canParse(value);
}
