import { ProviderError } from '../provider.contract.js';
import { parseRetryAfterMs, toProviderError } from './provider-failure.js';

describe('parseRetryAfterMs', () => {
  const date = 'Wed, 21 Oct 2026 07:28:00 GMT';

  it.each([
    ['2', 2000],
    ['0', 0],
    ['1.5', 1500],
    ['Wed, 21 Oct 2026 07:28:30 GMT', 30_000],
    ['Wed, 21 Oct 2026 07:00:00 GMT', 0],
    ['-1', null],
    ['soon', null],
    ['', null],
    [null, null],
  ])('reads %p as %p ms', (value, expected) => {
    expect(parseRetryAfterMs(value, date)).toBe(expected);
  });

  it.each([null, 'yesterday'])('goes by our own clock where the date of the answer is %p', (none) => {
    const inAnHour = new Date(Date.now() + 3_600_000).toUTCString();
    const waitMs = parseRetryAfterMs(inAnHour, none) ?? 0;
    expect(waitMs).toBeGreaterThan(3_500_000);
    expect(waitMs).toBeLessThanOrEqual(3_600_000);
  });
});

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
