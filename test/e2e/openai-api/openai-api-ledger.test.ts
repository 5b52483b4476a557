import OpenAI, { APIError } from 'openai';
import { clientWith } from '../other-project.js';
import type { ApiBody } from '../../support/api-client.js';
import { eventually } from '../../support/eventually.js';
import { ADMIN_KEY, ANY_ID, getExecution, OPENAI, putPrompt, type Stage, startStage } from '../stage.js';

const PATH = '/openai/v1/chat/completions';
const MESSAGES = [{ role: 'user', content: 'Hello there' }];
const BARE = { model: 'openai/gpt-4o-mini', messages: MESSAGES };
const PROMPT = {
  model: 'prompt/teams/doc_summarizer',
  prompt_variables: { text: 'the book' },
  prompt_model: 'openai/gpt-4o-mini',
};

interface OpenAiError {
  readonly error: ApiBody & { readonly message: string; readonly param: string | null };
}

let stage: Stage;

beforeAll(async () => {
  stage = await startStage({ WORKER: 'off', RATE_LIMIT_KEY_REQUESTS: '100000' });
  await putPrompt(stage.admin, 'teams/doc_summarizer', 'Summarize: {{text}}');
  await putPrompt(stage.admin, 'teams/doc_summarizer', 'In short: {{text}}');
  await stage.admin.put('/v1/routes/cheap-first', { targets: [OPENAI] });
});
afterAll(() => stage.close());
beforeEach(() => stage.openai.reset());

const post = <T = ApiBody>(body: unknown, headers?: Record<string, string>) =>
  stage.admin.post<T>(PATH, body, headers);

/** Returns the bytes of the stream as they arrived. */
async function streamed(body: ApiBody, headers: Record<string, string> = {}) {
  const response = await fetch(`${stage.ledger.url}${PATH}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ADMIN_KEY}`, ...headers },
    body: JSON.stringify({ ...body, stream: true }),
  });
  const frames = (await response.text()).split('\n\n').filter((frame) => frame.startsWith('data: '));
  return { headers: response.headers, data: frames.map((frame) => frame.slice('data: '.length)) };
}

const executionOf = (headers: Headers) => getExecution(stage.admin, headers.get('x-execution-id') ?? '');

const textOf = (body: ApiBody) => (body['choices'] as { message: { content: string } }[])[0]?.message.content;

describe('a prompt as the model', () => {
  it.each([
    ['prompt/teams/doc_summarizer', 2, 'You said: In short: the book'],
    ['prompt/teams/doc_summarizer@1', 1, 'You said: Summarize: the book'],
  ])('runs %s, in its version %i', async (model, version, text) => {
    const answer = await post({ ...PROMPT, model, user: 'order-1', environment: 'dev' });
    expect(answer.status).toBe(200);
    expect(textOf(answer.body)).toBe(text);
    expect(await executionOf(answer.headers)).toMatchObject({
      prompt_name: 'teams/doc_summarizer',
      version_number: version,
      variables: { text: 'the book' },
      correlation_id: 'order-1',
      environment: 'dev',
      model: OPENAI,
    });
    expect(answer.body['id']).toBe(`chatcmpl-${answer.headers.get('x-execution-id')}`);
  });

  it.each([
    ['a list', ['openai/gpt-4o-mini', 'echo/echo']],
    ['a route', { route: 'cheap-first' }],
  ])('is answered by %s of models', async (_, prompt_model) => {
    const answer = await post({ ...PROMPT, prompt_model, messages: [] });
    expect(answer).toMatchObject({ status: 200, body: { model: 'gpt-4o-mini' } });
  });

  it('streams', async () => {
    const { data, headers } = await streamed(PROMPT);
    expect(data.at(-1)).toBe('[DONE]');
    expect(await executionOf(headers)).toMatchObject({ status: 'succeeded', streamed: true });
  });

  it.each<[string, ApiBody, string]>([
    ['tools', { tools: [] }, 'tools'],
    ['a tool choice', { tool_choice: 'none' }, 'tool_choice'],
    ['parallel calls', { parallel_tool_calls: true }, 'parallel_tool_calls'],
    ['a response format', { response_format: { type: 'json_object' } }, 'response_format'],
    ['a variable that is missing', { prompt_variables: {} }, 'prompt_variables.text'],
    ['variables that are none', { prompt_variables: 'text' }, 'prompt_variables'],
    ['a model that is none', { prompt_model: 'gpt-4o-mini' }, 'prompt_model'],
  ])('is refused with %s', async (_, more, param) => {
    const answer = await post<OpenAiError>({ ...PROMPT, ...more });
    expect(answer).toMatchObject({ status: 400, body: { error: { type: 'invalid_request_error', param } } });
    expect(answer.body.error.message).toContain(param);
    expect(stage.openai.requests).toEqual([]);
  });
});

describe('a bare call', () => {
  it('is an execution without a prompt, with its lineage', async () => {
    const answer = await post({ ...BARE, temperature: 0.5, max_tokens: 9, max_completion_tokens: 9 });
    expect(await executionOf(answer.headers)).toMatchObject({
      execution_id: ANY_ID,
      status: 'succeeded',
      mode: 'sync',
      prompt_name: null,
      version_id: null,
      version_number: null,
      messages: MESSAGES,
      params: { temperature: 0.5, max_new_tokens: 9 },
      response_text: 'You said: Hello there',
      attempts: [{ status: 'succeeded', ...OPENAI }],
    });
  });

  it('goes along a route', async () => {
    const answer = await post({ ...BARE, model: 'route/cheap-first' });
    expect(await executionOf(answer.headers)).toMatchObject({ route: 'cheap-first', model: OPENAI });
  });

  it('goes to providers that are not like OpenAI', async () => {
    const answer = await post({ ...BARE, model: 'echo/echo' });
    expect(answer).toMatchObject({
      status: 200,
      body: {
        object: 'chat.completion',
        choices: [{ message: { role: 'assistant' }, finish_reason: 'stop' }],
      },
    });
  });

  it('is answered once for each idempotency key', async () => {
    const key = { 'idempotency-key': 'once' };
    const first = await post(BARE, key);
    const second = await post(BARE, key);
    expect(second.body).toEqual(first.body);
    expect(second.headers.get('idempotency-replayed')).toBe('true');
    expect(second.headers.get('x-execution-id')).toBe(first.headers.get('x-execution-id'));
    expect(stage.openai.requests).toHaveLength(1);
    expect(await post<OpenAiError>({ ...BARE, user: 'another' }, key)).toMatchObject({
      status: 422,
      body: { error: { ledger_code: 'IDEMPOTENCY_KEY_REUSED', code: 'idempotency_key_reused' } },
    });
  });
});

describe('an answer from the cache', () => {
  it('has what the ledger keeps of the first, with an id of its own', async () => {
    const body = { ...BARE, messages: [{ role: 'user', content: 'Keep this' }], cache: { ttl_s: 60 } };
    const first = await post(body);
    const second = await post(body);
    const { system_fingerprint: _, ...kept } = first.body;
    const own = { id: expect.stringMatching(/^chatcmpl-/) as string, created: expect.any(Number) as number };
    expect(second.body).toEqual({ ...kept, ...own });
    expect(second.body['id']).not.toBe(first.body['id']);
    expect(await executionOf(second.headers)).toMatchObject({ cache_hit: true, attempts: [] });
    const { data, headers } = await streamed(body);
    expect(data.slice(-1)).toEqual(['[DONE]']);
    expect(data.join('')).toContain('"content":"You said: Keep this"');
    expect(await executionOf(headers)).toMatchObject({ cache_hit: true });
    expect(stage.openai.requests).toHaveLength(1);
  });
});

describe('a stream', () => {
  it('names the model that answers, after another has failed', async () => {
    stage.openai.behave({ kind: 'cut', at: 'start' });
    const body = { ...PROMPT, prompt_model: ['openai/gpt-4o-mini', 'echo/echo'] };
    const { data, headers } = await streamed(body);
    const models = data.slice(0, -1).map((json) => (JSON.parse(json) as ApiBody)['model']);
    expect(new Set(models)).toEqual(new Set(['echo']));
    expect(await executionOf(headers)).toMatchObject({ attempts: [OPENAI, { model_name: 'echo' }] });
  });

  it('is repeated as a whole for its idempotency key', async () => {
    stage.openai.behave({
      kind: 'answer',
      text: 'Let me look.',
      toolCalls: [{ name: 'look', arguments: '{"at":"it"}' }],
    });
    const body = { ...BARE, stream_options: { include_usage: true } };
    const first = await streamed(body, { 'idempotency-key': 'stream-once' });
    const again = await streamed(body, { 'idempotency-key': 'stream-once' });
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(again.headers.get('x-execution-id')).toBe(first.headers.get('x-execution-id'));
    const chunks = again.data.slice(0, -1).map((json) => JSON.parse(json) as ApiBody);
    expect(chunks.map(({ choices }) => (choices as { delta: unknown }[])[0]?.delta)).toEqual([
      { role: 'assistant', content: '', refusal: null },
      { content: 'Let me look.' },
      {
        tool_calls: [
          {
            index: 0,
            id: 'call_00000001_0',
            type: 'function',
            function: { name: 'look', arguments: '{"at":"it"}' },
          },
        ],
      },
      {},
      undefined,
    ]);
    expect(again.data.slice(-3)).toEqual(first.data.slice(-3));
    expect(stage.openai.requests).toHaveLength(1);
  });

  it('that breaks in the middle ends with the error, and without the mark', async () => {
    stage.openai.behave({ kind: 'cut', at: 'body' });
    const { data, headers } = await streamed(BARE);
    expect(data).not.toContain('[DONE]');
    expect(JSON.parse(data.at(-1) ?? '')).toMatchObject({
      error: {
        type: 'server_error',
        param: null,
        ledger_code: 'PROVIDER_FAILED',
        execution_id: headers.get('x-execution-id'),
      },
    });
    const client = new OpenAI({ baseURL: `${stage.ledger.url}/openai/v1`, apiKey: ADMIN_KEY, maxRetries: 0 });
    const chunks = await client.chat.completions.create({
      model: BARE.model,
      messages: [{ role: 'user', content: 'Hello' }],
      stream: true,
    });
    const read = async () => {
      for await (const chunk of chunks) expect(chunk.object).toBe('chat.completion.chunk');
    };
    await expect(read()).rejects.toThrow(APIError);
  });

  it('that is left cancels its execution', async () => {
    stage.openai.behave({ kind: 'answer', pieceDelayMs: 50, text: 'word '.repeat(20) });
    const controller = new AbortController();
    const response = await fetch(`${stage.ledger.url}${PATH}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${ADMIN_KEY}` },
      body: JSON.stringify({ ...BARE, stream: true }),
      signal: controller.signal,
    });
    controller.abort();
    await eventually(async () => {
      const { status, error_type: type } = await executionOf(response.headers);
      return status === 'canceled' && type === 'client_closed';
    });
  });
});

describe('what is not supported is refused by its name', () => {
  const image = { type: 'image_url', image_url: { url: 'data:image/png;base64,AA==' } };
  const call = { id: 'call_1', type: 'custom', custom: { name: 'a', input: '' } };
  it.each<[string, ApiBody]>([
    ['audio', { audio: { voice: 'ash' } }],
    ['functions', { functions: [] }],
    ['n', { n: 2 }],
    ['logprobs', { logprobs: true }],
    ['top_logprobs', { top_logprobs: 2 }],
    ['store', { store: 'yes' }],
    ['metadata', { metadata: ['a'] }],
    ['metadata', { metadata: { a: 'x'.repeat(20_000) } }],
    ['reasoning_effort', { reasoning_effort: 3 }],
    ['verbosity', { verbosity: { level: 'low' } }],
    ['parallel_tool_calls', { parallel_tool_calls: 'no' }],
    ['frequency_penalty', { frequency_penalty: 0.5 }],
    ['presence_penalty', { presence_penalty: -1 }],
    ['logit_bias', { logit_bias: { 50256: -100 } }],
    ['max_tokens', { max_tokens: 1, max_completion_tokens: 2 }],
    ['max_tokens', { max_tokens: 0 }],
    ['temperature', { temperature: 3 }],
    ['top_k', { top_k: 5 }],
    ['user', { user: 'u'.repeat(256) }],
    ['stream_options', { stream_options: { include_usage: true } }],
    ['prompt_variables', { prompt_variables: {} }],
    ['prompt_model', { prompt_model: 'echo/echo' }],
    ['messages', { messages: undefined }],
    ['messages', { messages: [] }],
    ['messages[0]', { messages: ['Hello'] }],
    ['messages[0].role', { messages: [{ role: 'function', content: 'x' }] }],
    ['messages[0].content', { messages: [{ role: 'user', content: null }] }],
    [
      'messages[0].content[1].type',
      { messages: [{ role: 'user', content: [{ type: 'text', text: 'a' }, image] }] },
    ],
    [
      'messages[0].tool_calls[0].type',
      { messages: [{ role: 'assistant', tool_calls: [{ ...call, custom: undefined }] }] },
    ],
    ['messages[0].name', { messages: [{ role: 'user', content: 'x', name: 7 }] }],
    ['messages[0].reasoning_content', { messages: [{ role: 'user', content: 'x', reasoning_content: 'y' }] }],
    ['messages[0].annotations', { messages: [{ role: 'assistant', content: 'x', annotations: 'y' }] }],
    ['messages[0].audio', { messages: [{ role: 'assistant', content: 'x', audio: { id: 'a' } }] }],
    [
      'messages[0].function_call',
      { messages: [{ role: 'assistant', function_call: { name: 'f' }, content: '' }] },
    ],
    ['messages[0].tool_call_id', { messages: [{ role: 'tool', content: 'x' }] }],
    ['tools[0].function.name', { tools: [{ type: 'function', function: { name: 'two words' } }] }],
    ['tool_choice', { tool_choice: 'auto' }],
    [
      'response_format.json_schema.schema',
      { response_format: { type: 'json_schema', json_schema: { name: 'a' } } },
    ],
  ])('%s', async (param, more) => {
    const answer = await post<OpenAiError>({ ...BARE, ...more });
    expect(answer).toMatchObject({
      status: 400,
      body: {
        error: { type: 'invalid_request_error', param, code: null, ledger_code: 'VALIDATION_FAILED' },
      },
    });
    expect(answer.body.error.message).toContain(param);
    expect(stage.openai.requests).toEqual([]);
  });
});

describe('errors have the form of OpenAI', () => {
  const expectError = (answer: { status: number; body: OpenAiError }, status: number, error: ApiBody) => {
    expect(answer).toMatchObject({ status, body: { error } });
    expect(Object.keys(answer.body.error)).toEqual(
      expect.arrayContaining(['message', 'type', 'param', 'code', 'ledger_code']),
    );
    expect(Object.keys(answer.body)).toEqual(['error']);
  };

  it.each(['gpt-4o-mini', 'openai/gpt-0', 'prompt/nobody', 'prompt/teams/doc_summarizer@9', 'route/nowhere'])(
    'where there is no %s',
    async (model) => {
      const answer = await post<OpenAiError>(model.startsWith('prompt/') ? { model } : { ...BARE, model });
      expectError(answer, 404, { type: 'invalid_request_error', param: 'model', code: 'model_not_found' });
    },
  );

  it('for a body that is no JSON, or too large', async () => {
    expectError(await post<OpenAiError>('{'), 400, { param: null, code: null });
    const large = { ...BARE, messages: [{ role: 'user', content: 'x'.repeat(2 * 1024 ** 2) }] };
    expectError(await post<OpenAiError>(large), 413, { code: 'body_too_large' });
  });

  it('for a path that is not there, in whatever case, and one that is badly encoded', async () => {
    expectError(await stage.admin.get<OpenAiError>('/openai/v1/files'), 404, { code: 'unknown_url' });
    expectError(await stage.admin.get<OpenAiError>('/OpenAI/v1/files'), 404, { code: 'unknown_url' });
    expectError(await stage.admin.get<OpenAiError>('/openai/v1/models/%ff'), 400, { code: null });
    expectError(await stage.admin.get<OpenAiError>(PATH), 405, { code: 'method_not_allowed' });
  });

  it('for a key that may not', async () => {
    const reader = await clientWith(stage, ['prompts:read']);
    const answer = await reader.post<OpenAiError>(PATH, BARE);
    expectError(answer, 403, { type: 'invalid_request_error', code: 'forbidden' });
  });

  it('for a vendor that refuses our key, which is not the caller’s', async () => {
    stage.openai.behave({ kind: 'error', status: 401, code: 'invalid_api_key' });
    const answer = await post<OpenAiError>(BARE);
    expectError(answer, 502, { type: 'server_error', code: 'provider_rejected', provider_status: 401 });
    expect(answer.headers.get('x-should-retry')).toBe('false');
    expect(await executionOf(answer.headers)).toMatchObject({ status: 'failed' });
  });

  it('for a budget that is used up', async () => {
    const budget = { name: 'Spent', scope: 'prompt', scope_value: 'teams/doc_summarizer', period: 'day' };
    const made = await stage.admin.post('/v1/budgets', { ...budget, limit_usd: '0.000000001' });
    const answer = await post<OpenAiError>({ ...PROMPT, max_tokens: 100 });
    expectError(answer, 402, { type: 'insufficient_quota', code: 'insufficient_quota' });
    await stage.admin.delete(`/v1/budgets/${String(made.body['budget_id'])}`);
  });

  it('and the headers of limits', async () => {
    expect((await post({})).headers.get('ratelimit-limit')).toBe('100000');
    expect((await post(BARE)).headers.get('ratelimit-limit')).toBe('100000');
  });
});

describe('the models', () => {
  const idsOf = async (client: { get: Stage['admin']['get'] }) => {
    const { body } = await client.get<{ data: { id: string }[] }>('/openai/v1/models');
    return body.data.map(({ id }) => id);
  };

  it('are those that are allowed, routes, and prompts for who may read them', async () => {
    const ids = ['openai/gpt-4o-mini', 'route/cheap-first', 'prompt/teams/doc_summarizer'];
    expect(await idsOf(stage.admin)).toEqual(expect.arrayContaining(ids));
    const runner = await clientWith(stage, ['executions:run']);
    expect(await idsOf(runner)).not.toContain(ids[2]);
    expect(await runner.get(`/openai/v1/models/${ids[2]}`)).toMatchObject({ status: 404 });
  });

  it.each([
    'openai/gpt-4o-mini',
    'route/cheap-first',
    'prompt/teams/doc_summarizer',
    'prompt/teams/doc_summarizer@1',
  ])('have %s, its slashes encoded or not', async (id) => {
    const plain = await stage.admin.get(`/openai/v1/models/${id}`);
    const encoded = await stage.admin.get(`/openai/v1/models/${encodeURIComponent(id)}`);
    expect(plain).toMatchObject({
      status: 200,
      body: {
        id,
        object: 'model',
        created: expect.any(Number) as number,
        owned_by: expect.any(String) as string,
      },
    });
    expect(encoded.body).toEqual(plain.body);
  });
});
