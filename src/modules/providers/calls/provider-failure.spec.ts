import { ProviderError } from '../provider.contract.js';
import { toProviderError } from './provider-failure.js';

describe('toProviderError', () => {
  it('leaves a ProviderError as it is', () => {
    const error = new ProviderError('timeout', 'x');
    expect(toProviderError(error)).toBe(error);
  });

  it('finds a broken line deep in the causes', () => {
    const socket = Object.assign(new Error('other side closed'), { code: 'UND_ERR_SOCKET' });
    const error = new Error('outer', { cause: new TypeError('fetch failed', { cause: socket }) });
    expect(toProviderError(error)).toMatchObject({
      kind: 'connection',
      message: 'The connection to the provider failed (UND_ERR_SOCKET).',
    });
  });

  it('ends on causes that go in a circle', () => {
    const error = new Error('circle');
    error.cause = error;
    expect(toProviderError(error).kind).toBe('provider_error');
  });
});
