import { gzipSync } from 'node:zlib';
import { rawRequest, type RawResponse } from '../raw-request.js';
import { ADMIN_KEY, expectProblem, promptPath, putPrompt, startStage, type Stage } from '../stage.js';

let stage: Stage;

beforeAll(async () => {
  stage = await startStage();
  await putPrompt(stage.admin, 'greeting', 'Hello {{name}}');
});
afterAll(() => stage.close());

/** Whatever a test has sent, the service must still answer others, and none of its threads may have thrown. */
afterEach(async () => {
  expect(await stage.admin.get('/v1/prompts/greeting')).toMatchObject({ status: 200 });
});

function send(
  method: string,
  path: string,
  body?: string | Uint8Array,
  headers: Readonly<Record<string, string>> = {},
): Promise<RawResponse> {
  return rawRequest(stage.ledger.url, {
    method,
    path,
    headers: { 'x-api-key': ADMIN_KEY, 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? Buffer.from(body, 'utf8') : body }),
  });
}

const put = (body: string | Uint8Array, headers?: Readonly<Record<string, string>>) =>
  send('PUT', '/v1/prompts/hostile', body, headers);
const render = (variables: string) =>
  send('POST', '/v1/prompts/greeting:render', `{"variables":${variables}}`);

it.each(['200-ok', '100-continue, x', 'x'])(
  'an expectation that nobody knows is passed over: %s',
  async (expect_) => {
    const answer = await send('PUT', '/v1/prompts/expected', '{"template_source":"a"}', { expect: expect_ });
    expect([answer.status, answer.body['version_change']]).toEqual([200, true]);
    await stage.admin.delete('/v1/prompts/expected');
  },
);

describe('a body', () => {
  it.each([
    ['lists, 100,000 deep', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
    ['objects, 100,000 deep', `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`],
    ['lists, 100,000 deep and never closed', '['.repeat(100_000)],
    ['variables, 100,000 deep', `{"variables":${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
    ['a field twice', '{"template_source":"a","template_source":"b"}'],
    ['a comment', '{"template_source":"a" /* b */}'],
    ['single quotes', "{'template_source':'a'}"],
    ['a comma at the end', '{"template_source":"a",}'],
    ['two documents', '{"template_source":"a"}{"template_source":"b"}'],
    ['NaN', '{"template_source":NaN}'],
    ['a raw line break in a string', '{"template_source":"a\nb"}'],
    ['NUL, escaped', '{"template_source":"a\\u0000b"}'],
    ['NUL, raw', '{"template_source":"a\0b"}'],
    ['NUL in a key', '{"template_source":"a","\\u0000":1}'],
    ['a high surrogate alone', '{"template_source":"a\\ud800"}'],
    ['a low surrogate alone', '{"template_source":"\\udc00a"}'],
    ['surrogates the wrong way round', '{"template_source":"\\udc00\\ud800"}'],
    ['a lone surrogate in a key', '{"template_source":"a","\\ud800":1}'],
    ['a lone surrogate in other text', '{"template_source":"a","description":"\\udfff"}'],
    ['__proto__', '{"template_source":"a","__proto__":{"set_active":true}}'],
    ['constructor', '{"template_source":"a","constructor":{"prototype":{"polluted":1}}}'],
    ['blanks only', '   '],
  ])('of %s is refused', async (_what, body) => {
    expectProblem(await put(body), 400, 'VALIDATION_FAILED');
  });

  it.each([
    ['a lone continuation byte', [0x80]],
    ['an overlong slash', [0xc0, 0xaf]],
    ['a surrogate in UTF-8', [0xed, 0xa0, 0x80]],
    ['a character that is cut', [0xe2, 0x82]],
    ['a number beyond Unicode', [0xf4, 0x90, 0x80, 0x80]],
    ['Latin-1', [0xe9]],
  ])('with %s is refused, as it is not UTF-8', async (_what, bytes) => {
    const body = Buffer.concat([Buffer.from('{"template_source":"'), Buffer.from(bytes), Buffer.from('"}')]);
    expectProblem(await put(body), 400, 'VALIDATION_FAILED');
  });

  it('in UTF-16 is refused', async () => {
    const body = Buffer.from('\ufeff{"template_source":"a"}', 'utf16le');
    expectProblem(
      await put(body, { 'content-type': 'application/json; charset=utf-16' }),
      400,
      'VALIDATION_FAILED',
    );
  });

  it('with a byte order mark in front is read without it', async () => {
    expect(await put('\ufeff{"template_source":"marked","set_active":true}')).toMatchObject({ status: 200 });
    expect((await stage.admin.get(promptPath('hostile'))).body).toMatchObject({
      active_version: { template_source: 'marked' },
    });
  });

  it('in gzip is measured uncompressed', async () => {
    const gzip = { 'content-encoding': 'gzip' };
    expect(await put(gzipSync('{"template_source":"zipped"}'), gzip)).toMatchObject({ status: 200 });
    const bomb = gzipSync(JSON.stringify({ template_source: 'x'.repeat(50 * 1024 ** 2) }));
    expectProblem(await put(bomb, gzip), 413, 'BODY_TOO_LARGE');
    expectProblem(await put('not gzip at all', gzip), 400, 'VALIDATION_FAILED');
  });

  it('in an encoding that nobody reads here is a client error', async () => {
    const answer = await put('{"template_source":"a"}', { 'content-encoding': 'snappy' });
    expect([400, 415]).toContain(answer.status);
    expectProblem(answer, answer.status, String(answer.body['code']));
  });

  it('that is too large is refused whether or not it announces its length', async () => {
    const large = JSON.stringify({ template_source: 'x'.repeat(3 * 1024 ** 2) });
    expectProblem(await put(large), 413, 'BODY_TOO_LARGE');
    expectProblem(await put(large, { 'transfer-encoding': 'chunked' }), 413, 'BODY_TOO_LARGE');
  });
});

describe('variables', () => {
  it.each([
    '{"name":"a\\u0000"}',
    '{"name":"\\ud800"}',
    '{"name":"a","x":{"y":["\\udc00"]}}',
    '{"\\u0000":1}',
  ])('like %s are refused', async (variables) => {
    expectProblem(await render(variables), 400, 'VALIDATION_FAILED');
  });

  it.each([
    ['{"name":"a","__proto__":{"polluted":"yes"}}'],
    ['{"name":"a","constructor":{"prototype":{"polluted":"yes"}}}'],
    ['{"name":"a","prototype":{"polluted":"yes"}}'],
  ])('like %s reach no prototype', async (variables) => {
    const answer = await render(variables);
    expect([200, 400]).toContain(answer.status);
    await putPrompt(stage.admin, 'probe', '{{ polluted }}');
    const probe = await send('POST', '/v1/prompts/probe:render', '{"variables":{}}');
    expectProblem(probe, 422, 'TEMPLATE_VARIABLES_MISSING');
  });

  it.each(['constructor', '__proto__', 'prototype', 'toString', 'hasOwnProperty'])(
    'have no %s but what was sent',
    async (word) => {
      const template_source = `{{ ${word} }}{{ name.${word} }}`;
      expect(
        await send('PUT', '/v1/prompts/inherited', JSON.stringify({ template_source, set_active: true })),
      ).toMatchObject({ status: 200 });
      const answer = await send('POST', '/v1/prompts/inherited:render', '{"variables":{"name":"a"}}');
      expectProblem(answer, 422, 'TEMPLATE_VARIABLES_MISSING');
    },
  );

  it('that pair their surrogates are text as any other', async () => {
    const answer = await render('{"name":"\\ud83d\\ude00"}');
    expect(answer.body).toMatchObject({ rendered_prompt: 'Hello \u{1f600}' });
  });
});

describe('a template', () => {
  it('that never ends is stopped, and is the fault of the client', async () => {
    const loop = '{% for a in (1..100000) %}{% for b in (1..100000) %}{{ b }}{% endfor %}{% endfor %}';
    const created = await put(JSON.stringify({ template_source: loop, set_active: true }));
    const answer =
      created.status === 200 ? await send('POST', '/v1/prompts/hostile:render', '{"variables":{}}') : created;
    expect([413, 422]).toContain(answer.status);
    expectProblem(answer, answer.status, String(answer.body['code']));
  });
});

describe('the name of a prompt', () => {
  const source = '{"template_source":"x","set_active":true}';

  it.each([
    ['of one character', 'a'],
    ['of 200 characters', 'n'.repeat(200)],
    ['of all that is allowed', 'AZaz09_-./x'],
    ['with a slash', 'team/name'],
    ['with slashes at its ends', '/a/'],
    ['of a dot', '.'],
    ['of two dots', '..'],
    ['that climbs', '../../etc/passwd'],
    ['like a word of the language', '__proto__'],
  ])('%s is the name it comes back by', async (_what, name) => {
    const path = `/v1/prompts/${encodeURIComponent(name)}`;
    expect((await send('PUT', path, source)).body).toMatchObject({ prompt: { name }, version_change: true });
    expect((await send('GET', path)).body).toMatchObject({ name, active_version: { version_number: 1 } });
    expect((await send('GET', `${path}/versions/1`)).body).toMatchObject({ template_source: 'x' });
    expect((await send('POST', `${path}:render`, '{"variables":{}}')).body).toMatchObject({
      rendered_prompt: 'x',
    });
    const list = await send('GET', `/v1/prompts?q=${encodeURIComponent(name)}`);
    expect(list.body['prompts']).toEqual(
      expect.arrayContaining([expect.objectContaining({ name }) as unknown]),
    );
    expect((await send('DELETE', path)).status).toBe(204);
  });

  it.each([
    ['of 201 characters', 'n'.repeat(201)],
    ['with a blank', 'a%20b'],
    ['with an umlaut', '%C3%BC'],
    ['with a colon', 'a%3Ab'],
    ['with a percent sign', 'a%25b'],
    ['with a line break', 'a%0A'],
    ['with NUL', 'a%00b'],
    ['with a backslash', 'a%5Cb'],
    ['with a quote', "a'b"],
    ['in another script', '%D0%B0'],
    ['of digits of another script', '%D9%A3'],
  ])('%s is refused', async (_what, encoded) => {
    expectProblem(await send('PUT', `/v1/prompts/${encoded}`, source), 400, 'VALIDATION_FAILED');
    expectProblem(await send('GET', `/v1/prompts/${encoded}`), 400, 'VALIDATION_FAILED');
  });

  it.each(['%', '%z', '%zz', 'a%2', '%FF', '%C3', '%ED%A0%80'])(
    'that is not proper percent-encoding is refused: %p',
    async (encoded) => {
      expectProblem(await send('GET', `/v1/prompts/${encoded}`), 400, 'VALIDATION_FAILED');
    },
  );

  it.each(['', '/'])('that is not there is refused: %p', async (end) => {
    const answer = await send('PUT', `/v1/prompts${end}`, source);
    expect([404, 405]).toContain(answer.status);
    expectProblem(answer, answer.status, String(answer.body['code']));
  });
});

describe('a query', () => {
  it.each([
    'q=%00',
    'q=%FF',
    'q=%zz',
    'tag=%ED%A0%80',
    'limit=1e1',
    'limit=-1',
    'limit=+1',
    'limit=0x10',
    'limit=999999999999999999999',
    'limit[]=1',
    'limit=',
    'cursor=%27',
    'cursor=AAAA',
    '__proto__=1',
    'constructor=1',
  ])('like %s is refused', async (query) => {
    expectProblem(await send('GET', `/v1/prompts?${query}`), 400, 'VALIDATION_FAILED');
    expectProblem(
      await send('GET', `/v1/executions?${query.replace(/^(q|tag)=/, 'environment=')}`),
      400,
      'VALIDATION_FAILED',
    );
  });

  it.each(["q=' OR 1=1 --", 'q=%25', 'q=_', 'q=\\'])('like %s matches nothing but itself', async (query) => {
    const answer = await send('GET', `/v1/prompts?${encodeURI(query).replaceAll('%2525', '%25')}`);
    expect(answer).toMatchObject({ status: 200, body: { prompts: [] } });
  });
});
