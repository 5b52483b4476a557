import { ADMIN_KEY, ECHO, promptPath, putPrompt, type Stage, startStage } from '../stage.js';

let stage: Stage;

beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage.close());

const TOOL = {
  type: 'function',
  function: { name: 'find_order', parameters: { type: 'object', properties: { id: { type: 'integer' } } } },
};
const run = (body: object) =>
  stage.admin.post('/v1/executions:run', { model: ECHO, environment: 'playground', ...body });

describe('a content that is no version', () => {
  it('is rendered by the rules of versions, and kept with its execution', async () => {
    const messages = [
      { role: 'system', content: 'Be {{mood}}.' },
      { role: 'user', content: 'Hello {% if name %}{{name}}{% endif %}' },
    ];
    const { status, body } = await run({ content: { messages }, variables: { mood: 'kind', name: 'Ada' } });
    expect({ status, body }).toMatchObject({
      status: 200,
      body: { status: 'succeeded', prompt_name: null, version_number: null, environment: 'playground' },
    });
    expect(body['response_text']).toContain('Hello Ada');
    const { body: kept } = await stage.admin.get(`/v1/executions/${String(body['execution_id'])}`);
    expect(kept).toMatchObject({
      content: { messages },
      variables: { mood: 'kind', name: 'Ada' },
      messages: [
        { role: 'system', content: 'Be kind.' },
        { role: 'user', content: 'Hello Ada' },
      ],
    });
    expect(kept['extras']).toBeNull();
  });

  it('is a text as well, and its numbers keep their digits', async () => {
    const response = await fetch(`${stage.ledger.url}/v1/executions:run`, {
      method: 'POST',
      headers: { 'X-API-Key': ADMIN_KEY },
      body: '{"content":{"template_source":"It costs {{price}}"},"variables":{"price":1.10},"model":"echo/echo"}',
    });
    const result = (await response.json()) as Record<string, unknown>;
    expect([response.status, result['response_text']]).toEqual([200, 'It costs 1.10']);
    const { body } = await stage.admin.get(`/v1/executions/${String(result['execution_id'])}`);
    expect(body).toMatchObject({
      content: { template_source: 'It costs {{price}}' },
      rendered_prompt: 'It costs 1.10',
    });
  });

  it('is streamed, and checked against its own schema of variables', async () => {
    const content = { template_source: 'Hi {{name}}', variables_schema: { required: ['name'] } };
    const stream = await fetch(`${stage.ledger.url}/v1/executions:stream`, {
      method: 'POST',
      headers: { 'X-API-Key': ADMIN_KEY },
      body: JSON.stringify({ content, variables: { name: 'Ada' }, model: 'echo/echo' }),
    });
    expect(await stream.text()).toContain('event: done');
    expect((await run({ content, variables: {} })).status).toBe(422);
  });

  it.each([
    ['neither a prompt nor a content', {}, 400, 'VALIDATION_FAILED'],
    ['null for both', { prompt_name: null, content: null }, 400, 'VALIDATION_FAILED'],
    ['both', { prompt_name: 'a', content: { template_source: 'x' } }, 400, 'VALIDATION_FAILED'],
    ['a version', { version_number: 1, content: { template_source: 'x' } }, 400, 'VALIDATION_FAILED'],
    ['no template', { content: {} }, 400, 'VALIDATION_FAILED'],
    ['two templates', { content: { template_source: 'x', messages: [] } }, 400, 'VALIDATION_FAILED'],
    ['an unknown field', { content: { template_source: 'x', name: 'y' } }, 400, 'VALIDATION_FAILED'],
    ['tools that are none', { content: { template_source: 'x', tools: 'y' } }, 400, 'VALIDATION_FAILED'],
    ['a text for content', { content: 'x' }, 400, 'VALIDATION_FAILED'],
    ['what does not parse', { content: { template_source: '{% if %}' } }, 422, 'TEMPLATE_INVALID'],
    ['a missing variable', { content: { template_source: '{{x}}' } }, 422, 'TEMPLATE_VARIABLES_MISSING'],
  ])('is refused with %s', async (_what, body, status, code) => {
    expect(await run(body)).toMatchObject({ status, body: { code } });
  });

  it('is not queued', async () => {
    const body = { content: { template_source: 'x' }, model: ECHO };
    expect((await stage.admin.post('/v1/executions:submit', body)).status).toBe(400);
  });

  it('is not run in a protected environment', async () => {
    await stage.admin.put('/v1/environments/guarded', { protected: true });
    const answer = await run({ environment: 'guarded', content: { template_source: 'x' } });
    expect(answer).toMatchObject({ status: 409, body: { code: 'ENVIRONMENT_PROTECTED' } });
  });

  it('carries its tools, and is answered from the cache only for the same rendering', async () => {
    const content = { template_source: 'Find {{id}}', tools: [TOOL], tool_choice: 'auto' };
    const { template_source } = content;
    const ask = async (id: number) =>
      (await run({ content: { template_source }, variables: { id }, cache: { ttl_s: 60 } })).body;
    expect((await ask(1))['cache_hit']).toBe(false);
    expect((await ask(2))['response_text']).toBe('Find 2');
    expect((await ask(1))['cache_hit']).toBe(true);
    const { body } = await run({ content, variables: { id: 3 } });
    const { body: kept } = await stage.admin.get(`/v1/executions/${String(body['execution_id'])}`);
    expect(kept).toMatchObject({ extras: { tools: [TOOL], tool_choice: 'auto' }, content });
  });
});

describe('the settings of a version', () => {
  const read = async (number: number) => {
    const response = await fetch(`${stage.ledger.url}${promptPath('tried')}/versions/${number}`, {
      headers: { 'X-API-Key': ADMIN_KEY },
    });
    return response.text();
  };
  const put = (body: string) =>
    fetch(`${stage.ledger.url}${promptPath('tried')}`, {
      method: 'PUT',
      headers: { 'X-API-Key': ADMIN_KEY },
      body,
    });

  it('are kept as they came, beside a content that stays the same version', async () => {
    await put(
      '{"template_source":"a","settings":{"params":{"temperature":0.20,"seed":12345678901234567890}}}',
    );
    expect(await read(1)).toContain('"settings":{"params":{"temperature":0.20,"seed":12345678901234567890}}');
    const again = await put('{"template_source":"a","settings":{"params":{"top_p":1.0}}}');
    expect(await again.json()).toMatchObject({ version: { version_number: 1 }, version_change: false });
    expect(await read(1)).toContain('"settings":{"params":{"top_p":1.0}}');
    await put('{"template_source":"a"}');
    expect(await read(1)).toContain('"top_p":1.0');
    await put('{"template_source":"a","settings":null}');
    expect(await read(1)).toContain('"settings":null');
  });

  it.each(['[]', '"x"', '1', `{"x":"${'x'.repeat(40_000)}"}`])(
    'are refused unless they are an object of some size (%#)',
    async (settings) => {
      const answer = await put(`{"template_source":"a","settings":${settings}}`);
      expect(answer.status).toBe(400);
    },
  );

  it('change no run', async () => {
    await putPrompt(stage.admin, 'quiet', 'x', { settings: { model: 'nobody/none' } });
    expect((await run({ prompt_name: 'quiet' })).status).toBe(200);
  });
});
