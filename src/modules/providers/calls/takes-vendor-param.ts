import type { ModelProvider } from '../provider.contract.js';

/**
 * Returns whether a member of OpenAI's API is passed on to a provider.
 * @param name as in `ModelProvider.vendorParams`.
 */
export function takesVendorParam(
  { vendorParams, supportedFeatures }: Pick<ModelProvider, 'vendorParams' | 'supportedFeatures'>,
  name: string,
): boolean {
  if (vendorParams !== undefined) return vendorParams.includes(name);
  return name === 'parallel_tool_calls' && supportedFeatures?.includes('tools') === true;
}
