import { connect } from 'node:net';
import { brotliCompressSync, constants, deflateSync, gzipSync } from 'node:zlib';
import request from 'supertest';
import { MAX_BYTES, startHttpTestApp } from '../server/http.testkit.js';
import type { HttpTestApp } from '../server/http.testkit.js';

describe('the JSON body', () => {
  let server: HttpTestApp;
  beforeAll(async () => {
    server = await startHttpTestApp();
  });
  afterAll(() => server.stop());

  /** Sends the bytes unchanged; supertest would serialize a Buffer under a JSON type. */
  const send = (body: string | Buffer, headers: Record<string, string> = {}, path = '/v1/raw') =>
    fetch(`${server.url}${path}`, {
      method: 'POST',
      body: new Uint8Array(Buffer.from(body)),
      headers: { 'content-type': 'application/json', ...headers },
    });

  const refusal = async (answer: Promise<Response>) => {
    const response = await answer;
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    return (await response.json()) as { status: number; code: string; detail: string; errors?: unknown };
  };

  it('is read with its source', async () => {
    const answer = await send(' {"a": [1.0, "é😀"]}\n');
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({
      body: { a: [1, 'é😀'] },
      hasBody: true,
      text: '{"a": [1.0, "é😀"]}',
    });
  });

  it.each([
    'application/x-www-form-urlencoded',
    'text/plain',
    'application/json; charset=latin1',
    'nonsense',
  ])('is read as JSON under the content type %s', async (contentType) => {
    expect((await send('{"a":1}', { 'content-type': contentType })).status).toBe(200);
  });

  it('is undefined when nothing was sent', async () => {
    expect((await request(server.url).post('/v1/raw')).body).toEqual({
      body: null,
      hasBody: false,
      text: null,
    });
    expect(await (await send('')).json()).toMatchObject({ hasBody: false });
  });

  it('may be null, which is something', async () => {
    expect(await (await send('null')).json()).toEqual({ body: null, hasBody: true, text: 'null' });
  });

  it('may begin with a byte order mark', async () => {
    expect(await (await send('\ufeff{"a":1}')).json()).toMatchObject({ body: { a: 1 }, text: '{"a":1}' });
  });

  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
    ['GZIP', gzipSync],
  ])('may be compressed with %s', async (encoding, compress) => {
    const answer = await send(compress(Buffer.from('{"a":1}')), { 'content-encoding': encoding });
    expect(await answer.json()).toMatchObject({ body: { a: 1 } });
  });

  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', quickBrotli],
  ])('is refused when 16 MiB come out of a small %s', async (encoding, compress) => {
    const bomb = compress(Buffer.alloc(16 * MAX_BYTES, 0x20));
    expect(bomb.length).toBeLessThan(MAX_BYTES);
    expect(await refusal(send(bomb, { 'content-encoding': encoding }))).toMatchObject({
      status: 413,
      code: 'BODY_TOO_LARGE',
    });
  });

  it.each([
    ['gzip', Buffer.from('not compressed at all')],
    ['gzip', gzipSync('{"a":"xxxxxxxxxxxxxxxxxxxxxxx"}').subarray(0, 20)],
    ['deflate', Buffer.from('not compressed at all')],
    ['br', Buffer.from('not compressed at all')],
    ['br', brotliCompressSync(Buffer.from('{"a":"xyz"}'.repeat(50))).subarray(0, 10)],
  ])('is refused when it is no %s after all', async (encoding, body) => {
    expect(await refusal(send(body, { 'content-encoding': encoding }))).toMatchObject({
      status: 400,
      code: 'VALIDATION_FAILED',
      errors: [{ pointer: '', message: 'cannot be decompressed' }],
    });
  });

  it('is refused in an encoding that is not read here', async () => {
    const answer = await send('{}', { 'content-encoding': 'compress' });
    expect(answer.headers.get('accept-encoding')).toBe('gzip, deflate, br');
    expect(await refusal(Promise.resolve(answer))).toMatchObject({
      status: 415,
      code: 'ENCODING_UNSUPPORTED',
    });
  });

  it('is refused when it is not UTF-8', async () => {
    for (const bytes of [
      [0x22, 0xff, 0x22],
      [0x22, 0xed, 0xa0, 0x80, 0x22],
      [0x22, 0xc3],
    ]) {
      expect(await refusal(send(Buffer.from(bytes)))).toMatchObject({
        code: 'VALIDATION_FAILED',
        errors: [{ pointer: '', message: 'is not valid UTF-8' }],
      });
    }
  });

  it.each([
    ['{"a":', '', /^is not JSON/],
    ['{"a":1,"a":2}', '/a', /more than once/],
    ['{"ключ":{"é/~":"\\u0000"}}', '/ключ/é~1~0', /NUL/],
    ['{"a":["\\ud800"]}', '/a/0', /lone surrogate/],
    ['{"a":{"__proto__":{"b":1}}}', '/a/__proto__', /not allowed/],
    ['['.repeat(100_000), '/0'.repeat(64), /deeper than 64/],
  ])('is refused: %.30s', async (body, pointer, message) => {
    const problem = await refusal(send(body));
    expect(problem).toMatchObject({ status: 400, code: 'VALIDATION_FAILED' });
    expect(problem.errors).toEqual([{ pointer, message: expect.stringMatching(message) }]);
  });

  it('may be as large as the limit and no larger', async () => {
    const body = `"${'x'.repeat(MAX_BYTES - 2)}"`;
    expect((await send(body)).status).toBe(200);
    const problem = await refusal(send(` ${body}`));
    expect(problem).toMatchObject({ status: 413, code: 'BODY_TOO_LARGE' });
    expect(problem.detail).toContain(String(MAX_BYTES));
  });

  it('of 10 MB is answered with 413 and not with a reset, announced or in chunks', async () => {
    const body = Buffer.alloc(10_000_000, 0x20);
    expect(await refusal(send(body))).toMatchObject({ status: 413 });
    const chunks = new ReadableStream({
      start(controller) {
        for (let sent = 0; sent < body.length; sent += 100_000)
          controller.enqueue(body.subarray(sent, sent + 100_000));
        controller.close();
      },
    });
    const chunked = fetch(`${server.url}/v1/raw`, {
      method: 'POST',
      body: chunks,
      duplex: 'half',
    });
    expect(await refusal(chunked)).toMatchObject({ status: 413 });
  });

  it('may be larger on the paths that take collections, however they are written', async () => {
    const body = JSON.stringify({ a: 'x'.repeat(2 * MAX_BYTES) });
    for (const path of ['/v1/bulk', '/v1/bulk/', '/V1/Bulk'])
      expect((await send(body, {}, path)).status).toBe(200);
    expect((await send(body, {}, '/v1/raw')).status).toBe(413);
  });

  it('of an endless upload is cut off', async () => {
    // The kernel decides whether the answer arrives before the reset. What matters is that the upload ends.
    expect(await uploadForever(server.port)).toMatch(/^$|^HTTP\/1\.1 413 /);
  });
});

/** Compresses quickly, because the default quality takes seconds for a bomb. */
function quickBrotli(bytes: Buffer): Buffer {
  return brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } });
}

/** Uploads until the server ends the connection. Returns what the server sent before that. */
function uploadForever(port: number): Promise<string> {
  return new Promise((resolve) => {
    let answer = '';
    const chunk = Buffer.concat([Buffer.from('10000\r\n'), Buffer.alloc(0x10000, 0x20), Buffer.from('\r\n')]);
    const upload = () => {
      while (!socket.destroyed && socket.write(chunk));
    };
    const socket = connect(port, '127.0.0.1', () => {
      socket.write('POST /v1/raw HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n');
      upload();
    });
    socket.setEncoding('utf8');
    socket.on('drain', upload).on('data', (text: string) => (answer += text));
    // Writes fail once the server has closed the connection.
    socket.on('error', () => undefined).on('close', () => resolve(answer));
  });
}
