import {
  assertFeaturesSupported,
  assertParamsSupported,
  FeatureNotSupportedError,
  ParamNotSupportedError,
  ProviderNotConfiguredError,
} from './errors.js';
import type { ProviderFeature, ProviderParams, ProviderRequest } from './provider.contract.js';

describe('assertParamsSupported', () => {
  const check = (params: ProviderParams) => () =>
    assertParamsSupported('acme', { supportedParams: ['seed', 'stop'] }, params);

  it('lets supported params pass', () => {
    expect(check({ seed: 0, stop: [] })).not.toThrow();
    expect(check({})).not.toThrow();
  });

  it('points at every param that the provider has no field for', () => {
    expect(check({ top_k: 5, seed: 1, repetition_penalty: 1.1 })).toThrow(
      expect.objectContaining({
        constructor: ParamNotSupportedError,
        status: 400,
        code: 'VALIDATION_FAILED',
        errors: [
          { pointer: '/params/top_k', message: 'is not supported by provider "acme"' },
          { pointer: '/params/repetition_penalty', message: 'is not supported by provider "acme"' },
        ],
      }),
    );
  });
});

describe('assertFeaturesSupported', () => {
  type Asked = Pick<ProviderRequest, 'tools' | 'responseFormat'>;
  const check = (request: Asked, supportedFeatures?: ProviderFeature[]) => () =>
    assertFeaturesSupported('acme', supportedFeatures === undefined ? {} : { supportedFeatures }, request);
  const tools = [{ name: 'search' }];
  const schema = { type: 'json_schema', name: 'answer', schema: {} } as const;

  it('lets supported features pass, and what asks for none', () => {
    expect(check({ tools, responseFormat: schema }, ['tools', 'json_schema'])).not.toThrow();
    expect(check({ responseFormat: { type: 'json_object' } }, ['json_object'])).not.toThrow();
    expect(check({})).not.toThrow();
    expect(check({ tools: [] })).not.toThrow();
  });

  it('points at every feature that the provider does not have', () => {
    expect(check({ tools, responseFormat: schema }, ['json_object'])).toThrow(
      expect.objectContaining({
        constructor: FeatureNotSupportedError,
        status: 400,
        code: 'VALIDATION_FAILED',
        message: 'Leave out tools and the response format json_schema: provider "acme" has no field for it.',
        errors: [
          { pointer: '/tools', message: 'is not supported by provider "acme"' },
          { pointer: '/response_format', message: 'is not supported by provider "acme"' },
        ],
      }),
    );
    expect(check({ tools })).toThrow(FeatureNotSupportedError);
    expect(check({ responseFormat: { type: 'json_object' } }, ['tools', 'json_schema'])).toThrow(
      'the response format json_object',
    );
  });
});

describe('ProviderNotConfiguredError', () => {
  it('names the variable to set', () => {
    const error = new ProviderNotConfiguredError('acme', 'ACME_API_KEY');
    expect(error).toMatchObject({ status: 503, code: 'PROVIDER_NOT_CONFIGURED' });
    expect(error.message).toContain('ACME_API_KEY');
  });
});
