import { type ModelProvider, PROVIDER_FEATURES } from '../provider.contract.js';
import { takesVendorParam } from './takes-vendor-param.js';

describe('a member of OpenAI’s API', () => {
  it.each<[string, Pick<ModelProvider, 'vendorParams' | 'supportedFeatures'>, string, boolean]>([
    ['that it lists', { vendorParams: ['user', 'name'] }, 'name', true],
    ['that it does not list', { vendorParams: ['user'] }, 'metadata', false],
    [
      'where it says that it has none',
      { vendorParams: [], supportedFeatures: PROVIDER_FEATURES },
      'parallel_tool_calls',
      false,
    ],
    ['where it says nothing', { supportedFeatures: PROVIDER_FEATURES }, 'user', false],
    ['about tools, which it has', { supportedFeatures: ['tools'] }, 'parallel_tool_calls', true],
    ['about tools, which it has not', { supportedFeatures: ['json_object'] }, 'parallel_tool_calls', false],
    ['about tools, with no features at all', {}, 'parallel_tool_calls', false],
  ])('is passed on to a provider %s: %j, %s: %s', (_what, provider, name, expected) => {
    expect(takesVendorParam(provider, name)).toBe(expected);
  });
});
