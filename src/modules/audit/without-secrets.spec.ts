import { withoutSecrets } from './without-secrets.js';

const KEY = `pl_01890000-0000-7000-8000-000000000000_${'a'.repeat(43)}`;

describe('what the audit log keeps', () => {
  it.each<[string, unknown, unknown]>([
    [
      'a secret by its name',
      { secret: 'x', api_key: 'x', key: 'x' },
      { secret: '***', api_key: '***', key: '***' },
    ],
    [
      'a token by its name',
      { refresh_token: 'x', Authorization: 'x' },
      { refresh_token: '***', Authorization: '***' },
    ],
    [
      'the path of a callback',
      { callback_url: 'https://hooks.example.com/T0/B0?x=1' },
      { callback_url: 'https://hooks.example.com/***' },
    ],
    [
      'who calls, in an address',
      { repository: 'https://me:pass@git.example.com/acme/app' },
      { repository: 'https://git.example.com/acme/app' },
    ],
    [
      'the query of an address',
      { source: 'https://a.example/p?sig=1#f' },
      { source: 'https://a.example/p***' },
    ],
    ['a key in a text', { name: `made for ${KEY}!` }, { name: 'made for ***!' }],
    ['a secret deep inside', { list: [{ inner: ['whsec_abcd+/='] }] }, { list: [{ inner: ['***'] }] }],
    ['a text alone', 'use sk-proj-0123456789', 'use ***'],
  ])('is without %s', (_what, value, kept) => {
    expect(withoutSecrets(value)).toEqual(kept);
  });

  it.each<[unknown]>([
    [null],
    [undefined],
    ['prompt/doc_summarizer'],
    [{ rate_limits: { requests_per_minute: 1, tokens_per_minute: 0 }, key_id: 'a', scopes: ['keys:write'] }],
    [{ max_prompt_tokens: 200_000, prompts: [{ name: 'api_key', version: 1 }] }],
    [{ secret_id: '01890000-0000-7000-8000-000000000000' }],
    [{ callback_url: 'https://hooks.example.com' }],
    [{ source: 'https://a.example/prices', at: new Date(0) }],
  ])('is %j as it is', (value) => {
    expect(withoutSecrets(value)).toEqual(value);
  });

  it('is a copy', () => {
    const value = { secret: 'x', inner: { token: 'y' } };
    withoutSecrets(value);
    expect(value).toEqual({ secret: 'x', inner: { token: 'y' } });
  });
});
