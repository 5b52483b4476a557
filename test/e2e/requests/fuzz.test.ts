import fc from 'fast-check';
import { rawRequest, type RawResponse } from '../raw-request.js';
import { ADMIN_KEY, ECHO, promptPath, startStage, type Stage } from '../stage.js';

/** On a failure fast-check prints the seed, and LEDGER_FUZZ_SEED runs it again. */
const SEED = Number(process.env['LEDGER_FUZZ_SEED'] ?? Date.now() % 2 ** 31);
const PARAMETERS = { seed: SEED };
const NAME = /^[A-Za-z0-9_\-./]{1,200}$/;

/** Hundreds of requests run one after the other, possibly on a busy machine. */
jest.setTimeout(180_000);

let stage: Stage;

beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage.close());

/** Sends anything. The answer must be JSON, and never an internal error. */
async function send(method: string, path: string, body?: string | Uint8Array): Promise<RawResponse> {
  const answer = await rawRequest(stage.ledger.url, {
    method,
    path,
    headers: { 'x-api-key': ADMIN_KEY, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? Buffer.from(body, 'utf8') : body }),
  });
  const summary = `${method} ${path} → ${answer.status} ${answer.text.slice(0, 300)}`;
  if (answer.status >= 500) throw new Error(summary);
  const wanted = answer.status < 400 ? /^application\/json\b/ : /^application\/problem\+json\b/;
  if (answer.status !== 204 && !wanted.test(answer.headers.get('content-type') ?? ''))
    throw new Error(summary);
  if (answer.status >= 400 && typeof answer.body['code'] !== 'string') throw new Error(summary);
  return answer;
}

/** Text with everything that is hard on text, including lone surrogates and control characters. */
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc
    .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 20 })
    .map((units) => String.fromCharCode(...units)),
);

const syntax = fc.constantFrom(
  ...'{{ x }}|{{ x.y[0] }}|{{ x | upcase }}|{{ x | default: "d" }}|{% if x %}|{% elsif y %}|{% else %}|{% endif %}'.split(
    '|',
  ),
  ...'{% for i in x %}~{{ i }}{{ forloop.index }}~{% endfor %}~{% assign a = x %}~{% raw %}~{% endraw %}'.split(
    '~',
  ),
  ...'{{~{%~}}~%}~{%- comment -%}~{% endcomment %}~{% case x %}~{% when 1 %}~{% endcase %}~{{ x | | }}'.split(
    '~',
  ),
  ...'{{ x | truncate: -1 }}~{{ (1..9) }}~{% for i in (1..3) %}~{{ "a" | split: "" | join }}~{{ x.size }}'.split(
    '~',
  ),
  ...'{{ x | times: y }}~{{ x | slice: 0, 99 }}~{{ x | json }}~{{ __proto__ }}~{{ x.constructor }}'.split(
    '~',
  ),
);
const template = fc
  .array(fc.oneof({ weight: 3, arbitrary: syntax }, text), { maxLength: 8 })
  .map((parts) => parts.join(''));
const variables = fc.dictionary(
  fc.oneof(fc.constantFrom('x', 'y', 'name'), text),
  fc.jsonValue({ maxDepth: 4, stringUnit: 'binary' }),
  { maxKeys: 4 },
);

it('names: what is a name is created and found, and everything else is refused', async () => {
  const name = fc.oneof(
    text,
    fc.string({ unit: fc.constantFrom(...'abZ09_-./'), minLength: 1, maxLength: 40 }),
    fc.string({ unit: fc.constantFrom('a', '.', '/', '%', ' ', ':', '\\', '\u00e9'), maxLength: 12 }),
  );
  const check = async (raw: string) => {
    const wellFormed = Buffer.from(raw, 'utf8').toString('utf8');
    if (wellFormed === '') return;
    const path = promptPath(wellFormed);
    const put = await send('PUT', path, '{"template_source":"x","set_active":true}');
    const get = await send('GET', path);
    expect(put.status).toBe(NAME.test(wellFormed) ? 200 : 400);
    if (put.status === 200) expect(get.body).toMatchObject({ name: wellFormed });
    else expect(get.status).toBe(400);
  };
  await fc.assert(fc.asyncProperty(name, check), { ...PARAMETERS, numRuns: 250 });
});

it('templates: what was accepted can be read back, byte for byte, and run', async () => {
  const check = async (template_source: string, values: Record<string, unknown>) => {
    const put = await send(
      'PUT',
      promptPath('fuzz/template'),
      JSON.stringify({ template_source, set_active: true }),
    );
    expect([200, 400, 422]).toContain(put.status);
    if (put.status !== 200) return;
    const read = await send('GET', promptPath('fuzz/template'));
    expect(read.body).toMatchObject({ active_version: { template_source, status: 'active' } });
    const body = JSON.stringify({ variables: values });
    const rendered = await send('POST', `${promptPath('fuzz/template')}:render`, body);
    expect([200, 400, 413, 422]).toContain(rendered.status);
    if (rendered.status !== 200) return;
    const run = await send(
      'POST',
      '/v1/executions:run',
      JSON.stringify({ prompt_name: 'fuzz/template', variables: values, model: ECHO }),
    );
    expect(run.body).toMatchObject({ status: 'succeeded', response_text: rendered.body['rendered_prompt'] });
  };
  await fc.assert(fc.asyncProperty(template, variables, check), { ...PARAMETERS, numRuns: 300 });
});

it('variables: what ran is on record with what it was given', async () => {
  await send(
    'PUT',
    promptPath('fuzz/variables'),
    '{"template_source":"{{ x }}|{{ y | json }}","set_active":true}',
  );
  const check = async (x: unknown, y: unknown, more: Record<string, unknown>) => {
    const values = { ...more, x, y };
    const body = JSON.stringify({ prompt_name: 'fuzz/variables', variables: values, model: ECHO });
    const run = await send('POST', '/v1/executions:run', body);
    expect([200, 400, 422]).toContain(run.status);
    if (run.status !== 200) return;
    const stored = await send('GET', `/v1/executions/${String(run.body['execution_id'])}`);
    expect(stored.body['variables']).toEqual(JSON.parse(JSON.stringify(values)));
    expect(stored.body['rendered_prompt']).toBe(run.body['response_text']);
  };
  const value = fc.jsonValue({ maxDepth: 5, stringUnit: 'binary' });
  await fc.assert(fc.asyncProperty(value, value, variables, check), { ...PARAMETERS, numRuns: 250 });
});

it('recordings: what was recorded can be read back, and what was not is named', async () => {
  await send('PUT', promptPath('fuzz/record'), '{"template_source":"{{ x }}","set_active":true}');
  const years = { min: new Date('0000-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59.999Z') };
  const time = fc.date({ ...years, noInvalidDate: true }).map((date) => date.toISOString());
  const count = fc.oneof({ weight: 9, arbitrary: fc.nat() }, fc.constant(null), fc.integer());
  const word = fc.oneof(
    { weight: 30, arbitrary: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }) },
    text,
  );
  const entry = fc.record(
    {
      response_text: fc.oneof(fc.constant(null), word),
      finish_reason: word,
      environment: word,
      correlation_id: word,
      error_message: word,
      provider_request_id: word,
      latency_ms: count,
      usage: fc.record({ prompt_tokens: count, raw: variables }, { requiredKeys: [] }),
      model: fc.record({ provider: word, model_name: word }),
      status: fc.constantFrom('succeeded', 'failed'),
      started_at: time,
      variables: fc.record({ x: fc.jsonValue({ maxDepth: 3 }) }),
    },
    { requiredKeys: ['model', 'status', 'started_at', 'variables'] },
  );
  let readBack = 0;
  const check = async (entries: readonly Readonly<Record<string, unknown>>[]) => {
    const executions = entries.map((each) => ({ ...each, prompt_name: 'fuzz/record' }));
    const answer = await send('POST', '/v1/executions:record', JSON.stringify({ executions }));
    expect([200, 400]).toContain(answer.status);
    if (answer.status !== 200) return;
    const { recorded, rejected } = answer.body as unknown as Record<
      'recorded' | 'rejected',
      { index: number }[]
    >;
    const named = [...recorded, ...rejected].map(({ index }) => index).sort((one, other) => one - other);
    expect(named).toEqual(entries.map((_, index) => index));
    for (const each of recorded as { index: number; execution_id: string }[]) {
      const { response_text: told = null, ...sent } = entries[each.index] as Record<string, unknown>;
      const stored = await send('GET', `/v1/executions/${each.execution_id}`);
      const { status, model, started_at } = sent;
      expect(stored.body).toMatchObject({ status, model, started_at, response_text: told });
      readBack += 1;
    }
  };
  const entries = fc.array(entry, { minLength: 1, maxLength: 3 });
  await fc.assert(fc.asyncProperty(entries, check), { ...PARAMETERS, numRuns: 200 });
  expect(readBack).toBeGreaterThan(20);
});

it('bodies: whatever arrives at whatever route is answered, and never with a fault of ours', async () => {
  const route = fc.constantFrom<readonly [string, string]>(
    ['PUT', '/v1/prompts/fuzz%2Fbody'],
    ['POST', '/v1/prompts/fuzz%2Fbody:render'],
    ['POST', '/v1/prompts/fuzz%2Fbody/versions/1:activate'],
    ['POST', '/v1/executions:run'],
    ['POST', '/v1/executions:submit'],
    ['POST', '/v1/executions:record'],
    ['POST', '/v1/keys'],
    ['PUT', '/v1/models/echo/echo'],
  );
  // Known fields with arbitrary values get further than noise does.
  const field = fc.constantFrom(
    ...'template_source messages set_active tags description owner_team created_by commit_message variables'.split(
      ' ',
    ),
    ...'version_number prompt_name environment model params correlation_id timeout_ms name scopes'.split(' '),
    ...'expires_at max_tokens supports_streaming executions'.split(' '),
  );
  const plausible = fc.constantFrom<unknown>(
    'fuzz/variables',
    { x: 1, y: 2 },
    ECHO,
    { temperature: 1 },
    [{ role: 'user', content: '{{ x }}' }],
    ['prompts:read'],
    true,
    1,
    null,
  );
  const value = fc.oneof(plausible, fc.jsonValue({ maxDepth: 3, stringUnit: 'binary' }));
  const json = fc.dictionary(field, value, { maxKeys: 6 }).map((fields) => JSON.stringify(fields));
  const bytes = fc.uint8Array({ maxLength: 60 });
  const broken = fc.tuple(json, fc.nat(), fc.integer({ min: 0, max: 255 })).map(([source, at, byte]) => {
    const copy = Buffer.from(source, 'utf8');
    copy[at % copy.length] = byte;
    return copy;
  });
  const body = fc.oneof({ weight: 4, arbitrary: json }, broken, bytes, text);
  const check = async ([method, path]: readonly [string, string], sent: string | Uint8Array) => {
    await send(method, path, sent);
  };
  await fc.assert(fc.asyncProperty(route, body, check), { ...PARAMETERS, numRuns: 400 });
});
