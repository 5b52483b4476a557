import { assertParamsSupported, ParamNotSupportedError, ProviderNotConfiguredError } from './errors.js';
import type { ProviderParams } from './provider.contract.js';

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

describe('ProviderNotConfiguredError', () => {
  it('names the variable to set', () => {
    const error = new ProviderNotConfiguredError('acme', 'ACME_API_KEY');
    expect(error).toMatchObject({ status: 503, code: 'PROVIDER_NOT_CONFIGURED' });
    expect(error.message).toContain('ACME_API_KEY');
  });
});
