import { once } from 'node:events';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { LedgerError } from '../../../kernel/index.js';
import { eventually } from '../../../../test/support/eventually.js';
import { asked, bytesOf, exchange, handler, startLaneTestApp, THING } from './fast-path.testkit.js';
import type { LaneRequest } from './fast-path.testkit.js';
import { MAX_BYTES, type HttpTestApp } from '../server/http.testkit.js';
import { HttpDrain, RawAnswer } from '../index.js';

const LONG_MS = 60_000;

/** An empty query sends a request the ordinary way without changing its meaning. */
const ordinary = (request: LaneRequest): LaneRequest => ({
  ...request,
  path: `${request.path ?? '/v1/thing:run'}?`,
});

let app: HttpTestApp;
beforeAll(async () => {
  app = await startLaneTestApp({ trustedProxies: 2 });
});
afterAll(() => app.stop());
beforeEach(() => {
  asked.splice(0);
  app.requests.splice(0);
  app.log.splice(0);
  handler.next = null;
});

const send = (request: LaneRequest): Promise<string> => exchange(app.port, bytesOf(request));
const fails = (error: unknown) => () => {
  throw error;
};

describe('the fast path answers byte for byte as the ordinary way', () => {
  it.each<[what: string, status: number, request: LaneRequest, next?: () => unknown]>([
    ['what is in order', 202, {}],
    ['a read', 200, { method: 'GET', path: '/v1/thing/team%2Fname', body: null }],
    [
      'a read without a key',
      401,
      { method: 'GET', path: '/v1/thing/a', body: null, headers: { 'X-Api-Key': '' } },
    ],
    ['no key, before the body is looked at', 401, { headers: { 'X-Api-Key': '' }, body: '{' }],
    ['a key that may not', 403, { headers: { 'X-Api-Key': 'weak' } }],
    ['a caller that is looked up first', 202, { headers: { 'X-Api-Key': 'new' } }],
    [
      'a read by a caller that is looked up first',
      200,
      { method: 'GET', path: '/v1/thing/a', body: null, headers: { 'X-Api-Key': 'new' } },
    ],
    ['a request id that cannot be taken', 202, { headers: { 'X-Request-Id': 'a b' } }],
    ['a client behind proxies', 202, { headers: { 'X-Forwarded-For': '10.0.0.1, 10.0.0.2,, 10.0.0.3' } }],
    ['a client behind fewer proxies', 202, { headers: { 'X-Forwarded-For': '10.0.0.1' } }],
    ['a foreign content type', 202, { headers: { 'Content-Type': 'text/plain; charset=utf-16' } }],
    ['a byte order mark', 202, { body: `\ufeff${THING}` }],
    ['an empty body', 400, { body: '' }],
    ['what is not JSON', 400, { body: '{"name": }' }],
    ['what is not UTF-8', 400, { body: Buffer.from([0x7b, 0xff, 0x7d]) }],
    ['unknown fields', 400, { body: '{"name":"a","environment":"dev","nmae":1,"git":{"commit":1}}' }],
    ['what is too deep', 400, { body: '['.repeat(65) + ']'.repeat(65) }],
    ['a NUL character', 400, { body: '{"name":"a\\u0000","environment":"dev"}' }],
    ['a lone surrogate', 400, { body: '{"name":"a","environment":"\\ud800"}' }],
    ['equal keys', 400, { body: '{"name":"a","name":"b","environment":"dev"}' }],
    ['__proto__', 400, { body: '{"__proto__":{},"name":"a","environment":"dev"}' }],
    [
      'a failure',
      502,
      {},
      fails(
        new LedgerError({ code: 'X', status: 502, title: 'X', detail: 'ä', headers: { 'Retry-After': '2' } }),
      ),
    ],
    ['a defect', 500, {}, fails(new TypeError('of ours'))],
    ['an outage of the database', 503, {}, fails(Object.assign(new Error(), { code: '57P01' }))],
    ['an answer that cannot be written', 500, {}, () => RawAnswer.json(200, '{}', { Location: 'a\nb' })],
    ['an answer without a body', 204, {}, () => new RawAnswer(204, {}, '')],
  ])('to %s', async (_what, status, request, next = () => undefined) => {
    handler.next = next;
    const fast = await send(request);
    const slow = await send(ordinary(request));
    expect(fast).toBe(slow);
    expect(fast).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(asked).toEqual(['fast path', 'guard']);
  });

  it('to several requests on one connection', async () => {
    const three = (request: LaneRequest) =>
      Buffer.concat([bytesOf(request, false), bytesOf(request, false), bytesOf(request)]);
    const fast = await exchange(app.port, three({}));
    expect(fast).toBe(await exchange(app.port, three(ordinary({}))));
    expect(fast.match(/^Connection: .*$/gm)).toEqual([
      'Connection: keep-alive',
      'Connection: keep-alive',
      'Connection: close',
    ]);
  });

  it('in the log', async () => {
    await send({});
    await send(ordinary({}));
    await eventually(() => app.requests.length === 2);
    const [fast, slow] = app.requests.map((line) => line.replace(/"responseTime":\d+/, ''));
    expect(fast).toBe(slow);
    expect(fast).toContain('"path":"/v1/thing:run"');
    expect(fast).toContain('"statusCode":202');
  });

  it('and writes a defect to the log as well', async () => {
    handler.next = fails(new TypeError('of ours'));
    await send({});
    await send(ordinary({}));
    const [fast, slow] = app.log.map((line) => line.replace(/"stackFrames":\[.*?\]/, ''));
    expect(fast).toBe(slow);
    expect(fast).toContain('"reqId":"req-1"');
  });
});

describe('the fast path leaves to the ordinary way', () => {
  it.each<[what: string, status: number, request: LaneRequest]>([
    ['a query', 400, { path: '/v1/thing:run?a=1' }],
    ['an empty query', 202, { path: '/v1/thing:run?' }],
    ['another spelling of the path', 202, { path: '/V1/thing:run/' }],
    ['a name that has to be refused', 400, { method: 'GET', path: '/v1/thing/%C3%A4', body: null }],
    ['HEAD', 200, { method: 'HEAD', path: '/v1/thing/a', body: null }],
    ['a read with a body', 200, { method: 'GET', path: '/v1/thing/a', body: '{}' }],
    ['an origin', 202, { headers: { Origin: 'https://a.example' } }],
    ['a cookie', 202, { headers: { Cookie: 'a=b' } }],
    ['an expectation', 202, { headers: { Expect: '100-continue' } }],
    ['a body that is too large', 413, { body: ' '.repeat(MAX_BYTES + 1) }],
    ['a compressed body', 202, { body: gzipSync(THING), headers: { 'Content-Encoding': 'gzip' } }],
    ['no body', 400, { body: null }],
  ])('%s', async (_what, status, request) => {
    const answer = await send(request);
    expect(answer.replace('HTTP/1.1 100 Continue\r\n\r\n', '')).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(asked).toEqual(['guard']);
  });

  it('a body in chunks', async () => {
    const head = bytesOf({ body: null, headers: { 'Transfer-Encoding': 'chunked' } });
    const chunk = Buffer.from(`${THING.length.toString(16)}\r\n${THING}\r\n0\r\n\r\n`);
    expect(await exchange(app.port, Buffer.concat([head, chunk]))).toMatch(/^HTTP\/1.1 202 /);
    expect(asked).toEqual(['guard']);
  });

  it('a method that the path does not have', async () => {
    expect(await send({ method: 'PUT' })).toMatch(/^HTTP\/1.1 405 /);
  });
});

describe('the fast path', () => {
  it('calls nobody for a body that does not arrive', async () => {
    let calls = 0;
    handler.next = () => (calls += 1);
    const socket = connect(app.port, '127.0.0.1');
    socket.write(bytesOf({}).subarray(0, -1));
    await eventually(() => asked.includes('fast path'));
    socket.destroy();
    await eventually(() => app.requests.length > 0);
    expect(app.requests).toEqual([expect.stringContaining('request aborted')]);
    expect(calls).toBe(0);
  });
});

// Must come last: each app that starts takes over Nest's one logger from the apps before it.
describe('of another app, the fast path', () => {
  it('is waited for when the server leaves', async () => {
    const leaving = await startLaneTestApp();
    const drain = new HttpDrain(leaving.app.getHttpServer());
    const socket = connect(leaving.port, '127.0.0.1');
    const bytes = bytesOf({}, false);
    socket.write(bytes.subarray(0, -1));
    await eventually(() => asked.includes('fast path'));
    const stopped = drain.stop({ lingerMs: 0, graceMs: LONG_MS });
    socket.write(bytes.subarray(-1));
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1.1 202 /);
    await stopped;
    await leaving.stop();
  });

  it.each([[['https://a.example']], [['*']]])(
    'answers as the ordinary way where pages of %j may call',
    async (corsOrigins) => {
      const open = await startLaneTestApp({ corsOrigins });
      const fast = await exchange(open.port, bytesOf({}));
      expect(fast).toBe(await exchange(open.port, bytesOf(ordinary({}))));
      expect(fast).toContain('Access-Control-Expose-Headers');
      expect(asked).toEqual(['fast path', 'guard']);
      await open.stop();
    },
  );
});
