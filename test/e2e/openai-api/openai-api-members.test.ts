import type { ApiBody } from '../../support/api-client.js';
import { ADMIN_KEY, getExecution, putPrompt, type Stage, startStage } from '../stage.js';

const PATH = '/openai/v1/chat/completions';
const MESSAGES = [{ role: 'user', content: 'Hello there' }];
const OPENAI_MODEL = { model: 'openai/gpt-4o-mini', messages: MESSAGES };
const ECHO_MODEL = { model: 'echo/echo', messages: MESSAGES };
const TOOL = { type: 'function', function: { name: 'now' } };

let stage: Stage;

beforeAll(async () => {
  stage = await startStage({ WORKER: 'off' });
  await putPrompt(stage.admin, 'brief', 'Be brief about {{text}}');
  await putPrompt(stage.admin, 'chatty', [
    { role: 'system', content: 'You know {{text}}.' },
    { role: 'user', content: 'Ready?' },
    { role: 'assistant', content: 'Yes.' },
  ]);
});
afterAll(() => stage.close());
beforeEach(() => stage.openai.reset());

async function send(body: ApiBody, headers: Record<string, string> = {}) {
  const response = await fetch(stage.ledger.url + PATH, {
    method: 'POST',
    headers: { authorization: `Bearer ${ADMIN_KEY}`, ...headers },
    body: JSON.stringify(body),
  });
  const { status } = response;
  return { status, text: await response.text(), headers: response.headers };
}

const ignoredIn = ({ headers }: { headers: Headers }) => headers.get('x-ignored-params');
const executionOf = ({ headers }: { headers: Headers }) =>
  getExecution(stage.admin, headers.get('x-execution-id') ?? '');
const sent = () => stage.openai.requests.at(-1)?.body ?? {};

const BY_THEMSELVES = {
  user: 'customer-7',
  metadata: { order: '4711' },
  store: true,
  prompt_cache_key: 'tour',
  safety_identifier: 'hash',
  reasoning_effort: 'low',
  verbosity: 'high',
  service_tier: 'flex',
};
const NAMES = Object.keys(BY_THEMSELVES).join(', ');

describe.each([false, true])('what clients send by themselves, streamed: %s', (stream) => {
  it('goes to a provider that has a field for it', async () => {
    const answer = await send({ ...OPENAI_MODEL, ...BY_THEMSELVES, stream });
    expect([answer.status, ignoredIn(answer)]).toEqual([200, null]);
    expect(sent()).toMatchObject(BY_THEMSELVES);
    expect(await executionOf(answer)).toMatchObject({
      vendor_params: BY_THEMSELVES,
      correlation_id: 'customer-7',
      params: {},
    });
  });

  it('is left out for others, which the answer says', async () => {
    const answer = await send({ ...ECHO_MODEL, ...BY_THEMSELVES, stream });
    expect([answer.status, ignoredIn(answer)]).toEqual([200, NAMES]);
    expect(await executionOf(answer)).toMatchObject({ correlation_id: 'customer-7' });
  });

  it('is told of the provider that answers, after another has failed', async () => {
    stage.openai.behave({ kind: 'error', status: 500 });
    const prompt = { model: 'prompt/brief', prompt_variables: { text: 'x' }, ...BY_THEMSELVES, stream };
    const fallen = await send({ ...prompt, prompt_model: ['openai/gpt-4o-mini', 'echo/echo'] });
    expect([fallen.status, ignoredIn(fallen)]).toEqual([200, NAMES]);
    stage.openai.behave({ kind: 'answer' });
    const first = await send({ ...prompt, prompt_model: ['openai/gpt-4o-mini', 'echo/echo'] });
    expect([first.status, ignoredIn(first)]).toEqual([200, null]);
  });

  it('is said again with a repeated answer', async () => {
    const key = { 'idempotency-key': `ignored-${String(stream)}` };
    const body = { ...ECHO_MODEL, verbosity: 'low', stream };
    expect(ignoredIn(await send(body, key))).toBe('verbosity');
    const again = await send(body, key);
    expect([again.headers.get('idempotency-replayed'), ignoredIn(again)]).toEqual(['true', 'verbosity']);
    expect((await send({ ...body, verbosity: 'high' }, key)).status).toBe(422);
  });
});

describe('options and messages', () => {
  it('have include_obfuscation passed on with a stream', async () => {
    const stream_options = { include_usage: true, include_obfuscation: false };
    expect(ignoredIn(await send({ ...OPENAI_MODEL, stream: true, stream_options }))).toBeNull();
    expect(sent()['stream_options']).toEqual(stream_options);
    const echoed = await send({ ...ECHO_MODEL, stream: true, stream_options });
    expect(ignoredIn(echoed)).toBe('stream_options.include_obfuscation');
  });

  const replayed = [
    { role: 'system', content: 'Be kind.', name: 'rules' },
    { role: 'user', content: 'Hello', name: 'Ada' },
    {
      role: 'assistant',
      content: 'Hi.',
      reasoning_content: 'A greeting.',
      reasoning: 'As above.',
      annotations: [{ type: 'url_citation', url_citation: { title: null } }],
      refusal: null,
      audio: null,
      function_call: null,
    },
    { role: 'user', content: 'And now?' },
  ];

  it('keep names, and what a model had thought, for providers that take them back', async () => {
    const answer = await send({ ...OPENAI_MODEL, messages: replayed });
    expect([answer.status, ignoredIn(answer)]).toEqual([200, null]);
    const [, , { refusal: _refusal, audio: _audio, function_call: _call, ...turn }] = replayed as never as [
      ApiBody,
      ApiBody,
      ApiBody,
    ];
    const messages = [replayed[0], replayed[1], turn, replayed[3]];
    expect(sent()['messages']).toEqual(messages);
    expect(await executionOf(answer)).toMatchObject({ messages });
  });

  it('are sent without them to others', async () => {
    const answer = await send({ ...ECHO_MODEL, messages: replayed });
    expect([answer.status, ignoredIn(answer)]).toEqual([
      200,
      'name, reasoning_content, reasoning, annotations',
    ]);
  });

  it('have an empty object for the arguments of a call without any', async () => {
    const call = (text: unknown) => ({
      id: 'c',
      type: 'function',
      function: { name: 'now', arguments: text },
    });
    for (const text of ['', ' ', null]) {
      await send({
        ...OPENAI_MODEL,
        tools: [TOOL],
        messages: [
          ...MESSAGES,
          { role: 'assistant', content: null, tool_calls: [call(text)] },
          { role: 'tool', tool_call_id: 'c', content: '17:00', name: 'now' },
        ],
      });
      expect(sent()['messages']).toMatchObject([
        {},
        { tool_calls: [call('{}')] },
        { role: 'tool', tool_call_id: 'c', name: 'now' },
      ]);
    }
  });

  it.each([false, true])('are answered so too, streamed: %s', async (stream) => {
    stage.openai.behave({ kind: 'answer', toolCalls: [{ name: 'now', arguments: '' }] });
    const { text } = await send({ ...OPENAI_MODEL, tools: [TOOL], stream });
    expect(text).toContain('"arguments":"{}"');
  });
});

describe('whether calls may be parallel', () => {
  it('is passed on with tools, and left out without', async () => {
    const answer = await send({ ...OPENAI_MODEL, tools: [TOOL], parallel_tool_calls: false });
    expect([ignoredIn(answer), sent()['parallel_tool_calls']]).toEqual([null, false]);
    const without = await send({ ...OPENAI_MODEL, parallel_tool_calls: false });
    expect([without.status, ignoredIn(without)]).toEqual([200, 'parallel_tool_calls']);
    expect(sent()).not.toHaveProperty('parallel_tool_calls');
  });

  it('is left out for a provider that cannot be told', async () => {
    const answer = await send({ ...ECHO_MODEL, tools: [TOOL], parallel_tool_calls: false });
    expect([answer.status, ignoredIn(answer)]).toEqual([200, 'parallel_tool_calls']);
  });
});

describe('null', () => {
  it('is the same as left out, for every member, known or not', async () => {
    const answer = await send({
      ...OPENAI_MODEL,
      ...{
        n: null,
        logprobs: null,
        top_logprobs: null,
        functions: null,
        whatever: null,
        user: null,
        audio: null,
      },
      ...{ metadata: null, store: null, logit_bias: { 5: null }, prompt_variables: null, tool_choice: null },
      messages: [
        {
          role: 'user',
          content: [{ type: 'text', text: 'Hello', cache_control: null }],
          name: null,
          foo: null,
        },
        { role: 'assistant', content: 'Hi', tool_calls: null, refusal: null, annotations: null, audio: null },
        ...MESSAGES,
      ],
      tools: [
        { type: 'function', function: { name: 'now', description: null, strict: null, parameters: null } },
      ],
      response_format: { type: 'text', json_schema: null },
      stream_options: { include_usage: null },
      stream: true,
    });
    expect([answer.status, ignoredIn(answer)]).toEqual([200, null]);
    expect(sent()).toEqual({
      model: 'gpt-4o-mini',
      messages: [{ role: 'user', content: 'Hello' }, { role: 'assistant', content: 'Hi' }, ...MESSAGES],
      tools: [TOOL],
      stream: true,
      stream_options: { include_usage: true },
    });
  });

  it('stays a value in schemas and variables', async () => {
    const parameters = { type: 'object', properties: { a: { enum: ['x', null], default: null } } };
    await send({ ...OPENAI_MODEL, tools: [{ type: 'function', function: { name: 'f', parameters } }] });
    expect(sent()['tools']).toMatchObject([{ function: { parameters } }]);
    const prompt = { model: 'prompt/brief', prompt_variables: { text: null }, prompt_model: 'echo/echo' };
    const answer = await send(prompt);
    expect(await executionOf(answer)).toMatchObject({ variables: { text: null } });
  });
});

describe('the cache', () => {
  it('tells apart what changes the answer, and nothing else', async () => {
    const ask = async (more: ApiBody) => {
      const answer = await send({
        ...OPENAI_MODEL,
        messages: [{ role: 'user', content: 'Cache me' }],
        ...more,
      });
      return (await executionOf(answer))['cache_hit'];
    };
    const cache = { ttl_s: 60 };
    expect(await ask({ cache })).toBe(false);
    expect(await ask({ cache, user: 'b', metadata: { a: 'b' }, prompt_cache_key: 'k' })).toBe(true);
    expect(await ask({ cache, reasoning_effort: 'low' })).toBe(false);
    expect(await ask({ cache, reasoning_effort: 'low', user: 'c' })).toBe(true);
    expect(await ask({ cache, verbosity: 'low' })).toBe(false);
    expect(await ask({ cache, messages: [{ role: 'user', content: 'Cache me', name: 'Ada' }] })).toBe(false);
  });
});

describe('messages behind a prompt', () => {
  const prompt = { prompt_variables: { text: 'cats' }, prompt_model: 'openai/gpt-4o-mini' };
  const further = [
    { role: 'user', content: 'What do they eat?' },
    { role: 'assistant', content: 'Mice.' },
    { role: 'user', content: 'And in {{text}}?' },
  ];

  it.each([
    [
      'a chat prompt',
      'chatty',
      [
        { role: 'system', content: 'You know cats.' },
        { role: 'user', content: 'Ready?' },
        { role: 'assistant', content: 'Yes.' },
      ],
    ],
    ['a text prompt, which is a user message', 'brief', [{ role: 'user', content: 'Be brief about cats' }]],
  ])('stand after those of %s, as they came', async (_what, name, own) => {
    const answer = await send({ ...prompt, model: `prompt/${name}`, messages: further });
    expect(answer.status).toBe(200);
    expect(sent()['messages']).toEqual([...own, ...further]);
    expect(await executionOf(answer)).toMatchObject({
      prompt_name: name,
      version_number: 1,
      variables: { text: 'cats' },
      messages: [...own, ...further],
    });
  });

  it('are part of the request of an idempotency key, and of the cache', async () => {
    const key = { 'idempotency-key': 'further' };
    const body = { ...prompt, model: 'prompt/chatty', cache: { ttl_s: 60 } };
    const first = await send({ ...body, messages: further }, key);
    expect((await send({ ...body, messages: further.slice(0, 1) }, key)).status).toBe(422);
    const hit = await send({ ...body, messages: further });
    expect(await executionOf(hit)).toMatchObject({ cached_from: first.headers.get('x-execution-id') });
    const miss = await send({ ...body, messages: further.slice(0, 1) });
    expect(await executionOf(miss)).toMatchObject({ cache_hit: false });
  });

  it('count against the bound of a rendered prompt', async () => {
    const messages = Array.from({ length: 3 }, () => ({ role: 'user', content: 'x'.repeat(90 * 1024) }));
    const answer = await send({ ...prompt, model: 'prompt/brief', messages });
    expect([answer.status, answer.text]).toEqual([413, expect.stringContaining('RENDERED_PROMPT_TOO_LARGE')]);
    expect(stage.openai.requests).toEqual([]);
  });

  it('are refused by their place', async () => {
    const answer = await send({ ...prompt, model: 'prompt/brief', messages: [{ role: 'user' }] });
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.text)).toMatchObject({ error: { param: 'messages[0].content' } });
  });
});

it.each([
  'responses',
  'embeddings',
  'completions',
  'images/generations',
  'audio/speech',
  'moderations',
  'batches',
])('POST /openai/v1/%s says in the form of OpenAI what is there instead', async (route) => {
  const answer = await stage.admin.post<{ error: ApiBody }>(`/openai/v1/${route}`, {
    model: 'm',
    input: 'x',
  });
  expect(answer).toMatchObject({
    status: 404,
    body: { error: { type: 'invalid_request_error', param: null, code: 'unknown_url' } },
  });
  expect(answer.body.error['message']).toContain('/openai/v1/chat/completions');
});
