import { fakeFetch, json } from '../../fake-fetch.testkit.js';
import { ConfigurationError, toConnection, Transport } from '../index.js';
import { checkHeaders } from './check-headers.js';

describe('the value of a header', () => {
  it.each(['plain', 'caf\u00e9', 'a\tb', ' key of a file\r\n', ''])(
    'may be %j, which fetch takes',
    (value) => {
      expect(checkHeaders({ 'x-api-key': value })).toEqual({ 'x-api-key': value });
      expect(() => new Headers({ 'x-api-key': value })).not.toThrow();
    },
  );

  it.each(['pl_4711\nmore', 'pl_4711\0', 'pl_4711 \u{1F511}', '\u043a\u043b\u044e\u0447'])(
    'is refused when it is %j, and does not stand in the message',
    async (apiKey) => {
      const { fetch, requests } = fakeFetch(json({}));
      const transport = new Transport(toConnection({ baseUrl: 'http://ledger.test', apiKey, fetch }));
      const error = await transport.get('/v1/me').catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(ConfigurationError);
      expect(String(error)).toContain('x-api-key');
      expect(String(error)).not.toContain(apiKey);
      expect(requests).toEqual([]);
      expect(() => new Headers({ 'x-api-key': apiKey })).toThrow();
    },
  );

  it('is refused of an idempotency key too, before anything is sent', async () => {
    const { fetch, requests } = fakeFetch(json({}));
    const transport = new Transport(toConnection({ baseUrl: 'http://ledger.test', apiKey: 'k', fetch }));
    await expect(transport.post('/v1/executions:run', {}, { idempotencyKey: 'a\nb' })).rejects.toThrow(
      'idempotency-key',
    );
    expect(requests).toEqual([]);
  });
});
