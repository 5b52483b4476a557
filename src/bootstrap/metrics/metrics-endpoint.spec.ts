import type { IncomingMessage } from 'node:http';
import { MetricsEndpoint, type MetricsEndpointOptions } from './metrics-endpoint.js';
import { Remembered } from './remembered.js';

interface Asked {
  readonly from?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly url?: string;
  readonly method?: string;
}

function ask(
  options: Partial<MetricsEndpointOptions>,
  { from = '127.0.0.1', headers = {}, url = '/metrics', method = 'GET' }: Asked,
) {
  const scrape = () => Promise.resolve('up 1\n');
  const endpoint = new MetricsEndpoint({ token: null, loopbackOnly: false, scrape, ...options });
  const request = { method, url, headers, socket: { remoteAddress: from } } as unknown as IncomingMessage;
  return endpoint.answer(request);
}

describe('the metrics', () => {
  it('are text for Prometheus, which nobody keeps', async () => {
    expect(await ask({}, {})).toMatchObject({
      status: 200,
      headers: { 'Content-Type': 'text/plain; version=0.0.4; charset=utf-8', 'Cache-Control': 'no-store' },
      body: 'up 1\n',
    });
  });

  it.each(['127.0.0.1', '127.8.8.8', '::1', '::ffff:127.0.0.1'])(
    'are for this machine, as %s',
    async (from) => {
      expect((await ask({ loopbackOnly: true }, { from })).status).toBe(200);
    },
  );

  it.each(['10.0.0.7', '::ffff:10.0.0.7', '2001:db8::1', ''])(
    'are not for "%s" without a token or a port',
    async (from) => {
      expect((await ask({ loopbackOnly: true }, { from })).status).toBe(403);
    },
  );

  it.each(['x-forwarded-for', 'x-real-ip', 'forwarded', 'via', 'x-forwarded-host'])(
    'are not for who comes through a proxy on this machine, told by %s',
    async (name) => {
      expect((await ask({ loopbackOnly: true }, { headers: { [name]: '127.0.0.1' } })).status).toBe(403);
    },
  );

  it.each([
    ['no header', {}, 401],
    ['another token', { authorization: 'Bearer wrong' }, 401],
    ['another scheme', { authorization: 'Basic secret' }, 401],
    ['the beginning of it', { authorization: 'Bearer secre' }, 401],
    ['an API key', { 'x-api-key': 'secret' }, 401],
    ['the token', { authorization: 'Bearer secret' }, 200],
    ['the token in another case of the scheme', { authorization: 'bearer  secret' }, 200],
  ])('with a token take %s', async (_, headers, status) => {
    expect((await ask({ token: 'secret' }, { headers: headers })).status).toBe(status);
  });

  it('have one path and are only read', async () => {
    expect((await ask({}, { url: '/metrics?x=1' })).status).toBe(200);
    expect((await ask({}, { method: 'HEAD' })).status).toBe(200);
    expect((await ask({}, { url: '/metricsx' })).status).toBe(404);
    expect((await ask({}, { url: '/' })).status).toBe(404);
    expect((await ask({}, { method: 'POST' })).status).toBe(405);
  });
});

describe('what is dear to read', () => {
  it('is read once for all who ask at the same time, again when it is old, and more rarely the longer it takes', async () => {
    let nowMs = 0;
    let reads = 0;
    let tookMs = 0;
    const read = () => {
      nowMs += tookMs;
      return Promise.resolve((reads += 1));
    };
    const remembered = new Remembered(read, 100, () => nowMs);
    expect(await Promise.all([remembered.get(), remembered.get()])).toEqual([1, 1]);
    nowMs += 99;
    expect(await remembered.get()).toBe(1);
    nowMs += 1;
    tookMs = 50;
    expect(await remembered.get()).toBe(2);
    nowMs += 999;
    expect(await remembered.get()).toBe(2);
    nowMs += 1;
    expect(await remembered.get()).toBe(3);
  });

  it('is asked for again after a failure', async () => {
    let isDown = true;
    const remembered = new Remembered(
      () => (isDown ? Promise.reject(new Error('away')) : Promise.resolve(1)),
      100,
    );
    await expect(remembered.get()).rejects.toThrow('away');
    isDown = false;
    expect(await remembered.get()).toBe(1);
  });
});
