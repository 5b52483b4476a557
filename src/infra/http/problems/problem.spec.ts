import { BadRequestException, ServiceUnavailableException } from '@nestjs/common';
import { connect } from 'node:net';
import { QueryFailedError } from 'typeorm';
import request from 'supertest';
import { LedgerError, ValidationError } from '../../../kernel/index.js';
import { toProblem } from './problem.js';
import { startHttpTestApp, thrown } from '../server/http.testkit.js';
import type { HttpTestApp } from '../server/http.testkit.js';

const SECRET = 'canary-5b1f';

describe('problems', () => {
  let server: HttpTestApp;
  beforeAll(async () => {
    server = await startHttpTestApp();
  });
  afterAll(() => server.stop());
  beforeEach(() => server.log.splice(0));

  const http = () => request(server.url);
  const answerTo = (value: unknown) => {
    thrown.value = value;
    return http().post('/v1/throw?q=hidden');
  };

  it('carry what a LedgerError says, its extensions and its headers', async () => {
    const answer = await answerTo(
      new LedgerError({
        code: 'IN_FLIGHT',
        status: 409,
        title: 'Still running',
        detail: 'Wait.',
        errors: [{ pointer: '/ключ', message: 'is missing' }],
        extensions: { execution_id: 'e1', status: 200 },
        headers: { 'Retry-After': '3' },
      }),
    );
    expect(answer.status).toBe(409);
    expect(answer.headers['content-type']).toBe('application/problem+json');
    expect(answer.headers['retry-after']).toBe('3');
    expect(answer.body).toEqual({
      type: '/docs/errors#IN_FLIGHT',
      title: 'Still running',
      status: 409,
      detail: 'Wait.',
      instance: '/v1/throw',
      code: 'IN_FLIGHT',
      errors: [{ pointer: '/ключ', message: 'is missing' }],
      execution_id: 'e1',
    });
    expect(server.log).toEqual([]);
  });

  it('say where a route is not known', async () => {
    const answer = await http().get('/v1/nothing?key=1');
    expect(answer.status).toBe(404);
    expect(answer.body).toMatchObject({ code: 'ROUTE_NOT_FOUND', instance: '/v1/nothing' });
    expect(answer.body.detail).toContain('GET /v1/nothing was not found');
  });

  it('say which methods a path knows', async () => {
    const answer = await http().post('/v1/things/a%2Fb');
    expect(answer.status).toBe(405);
    expect(answer.headers.allow).toBe('DELETE, PUT');
    expect(answer.body).toMatchObject({
      code: 'METHOD_NOT_ALLOWED',
      detail: 'Use DELETE or PUT instead of POST on this path.',
    });
  });

  it.each(['/v1/things/%E0%A4%A/versions/1', '/v1/things?q=%FF', '/nowhere/%zz'])(
    'refuse the badly encoded URL %s',
    async (path) => {
      const answer = await http().get(path);
      expect(answer.body).toMatchObject({ status: 400, code: 'VALIDATION_FAILED' });
    },
  );

  it.each([
    ['/nowhere/%zz', '/nowhere/%25zz'],
    ['/v1/things/%', '/v1/things/%25'],
    ['/v1/"a|b"', '/v1/%22a%7Cb%22'],
    ['/v1/caf\u00e9', '/v1/caf%E9'],
    ["/v1/things/a%2Fb:run@(1),2'3", "/v1/things/a%2Fb:run@(1),2'3"],
  ])('name the path %s as a URI reference', (path, instance) => {
    expect(toProblem(new ValidationError('Wrong.'), path)).toMatchObject({ instance });
  });

  it('translate what the framework raises', async () => {
    expect((await http().post('/v1/teapot')).body).toMatchObject({
      status: 418,
      code: 'REQUEST_REFUSED',
      title: "I'm a Teapot",
    });
    expect((await answerTo(new BadRequestException('Send less.'))).body).toMatchObject({
      code: 'VALIDATION_FAILED',
      detail: 'Send less.',
    });
    expect((await answerTo(new ServiceUnavailableException(SECRET))).body).toMatchObject({
      code: 'INTERNAL_ERROR',
    });
    expect((await answerTo(new URIError('URI malformed'))).body).toMatchObject({ status: 400 });
  });

  const socketError = (code: string) =>
    Object.assign(new Error(`connect ${code}`), { code, syscall: 'connect' });
  const sqlError = (code: string) =>
    new QueryFailedError(`SELECT '${SECRET}'`, [SECRET], Object.assign(new Error(SECRET), { code }));

  it.each([
    ['a refused connection', socketError('ECONNREFUSED')],
    ['every address refused', new AggregateError([socketError('ECONNREFUSED')])],
    ['a server that shuts down', sqlError('57P01')],
    ['a server that starts', sqlError('57P03')],
    ['a lost connection', sqlError('08006')],
    ['no connection left', sqlError('53300')],
    ['a pool that waited in vain', new Error('timeout exceeded when trying to connect')],
    [
      'a connection that ended',
      new QueryFailedError('SELECT 1', [], new Error('Connection terminated unexpectedly')),
    ],
  ])('say that the database is not available: %s', async (_name, error) => {
    const answer = await answerTo(error);
    expect(answer.status).toBe(503);
    expect(answer.headers['retry-after']).toBe('5');
    expect(answer.body).toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    expect(server.log).toHaveLength(1);
  });

  it.each([
    ['a failed statement', sqlError('23505')],
    ['a fetch that found nobody', new TypeError('fetch failed', { cause: socketError('ECONNREFUSED') })],
    ['a missing file', Object.assign(new Error(SECRET), { code: 'ENOENT', syscall: 'open' })],
    ['a plain error', new Error(`prompt: ${SECRET}\n    at ${SECRET}`)],
    ['a parser that quotes its input', new SyntaxError(`Unexpected token "${SECRET}"`)],
    ['a string', SECRET],
    ['undefined', undefined],
  ])('say no more than "internal" of %s, and log it without its content', async (_name, error) => {
    const answer = await answerTo(error).set('X-Request-Id', 'req-1').set('X-API-Key', SECRET);
    expect(answer.status).toBe(500);
    expect(answer.body).toMatchObject({
      code: 'INTERNAL_ERROR',
      title: 'Something went wrong in this service',
    });
    expect(JSON.stringify([answer.body, answer.headers])).not.toMatch(/canary|SELECT|node_modules|\.ts/);
    expect(server.log).toHaveLength(1);
    expect(server.log[0]).toContain('"reqId":"req-1"');
    expect(server.log[0]).not.toContain(SECRET);
  });

  it('log the place of a defect', async () => {
    await answerTo(new TypeError("Cannot read properties of undefined (reading 'x')"));
    expect(server.log[0]).toContain("reading 'x'");
    expect(server.log[0]).toContain('problem.spec');
  });

  it('cut the connection when an answer had begun', async () => {
    const response = await fetch(`${server.url}/v1/half`);
    await expect(response.text()).rejects.toThrow();
  });

  it('return the request id that was sent, or make one', async () => {
    const echoed = await http().get('/v1/nothing').set('X-Request-Id', 'trace/7:a');
    expect(echoed.headers['x-request-id']).toBe('trace/7:a');
    for (const bad of ['has space', 'x'.repeat(129), '"quoted"']) {
      const made = await http().get('/v1/things').set('X-Request-Id', bad);
      expect(made.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    }
  });

  it('answer what does not get past the HTTP parser', async () => {
    const answer = await raw(server.port, 'GET / NONSENSE\r\n\r\n');
    expect(answer).toMatch(
      /^HTTP\/1\.1 400 [\s\S]+application\/problem\+json[\s\S]+"code":"VALIDATION_FAILED"/,
    );
    const large = await raw(server.port, `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`);
    expect(large).toMatch(/^HTTP\/1\.1 431 [\s\S]+"code":"HEADERS_TOO_LARGE"/);
  });
});

function raw(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    socket.setEncoding('utf8').on('data', (chunk: string) => (answer += chunk));
    socket.on('end', () => resolve(answer)).on('error', reject);
  });
}
