import { APIError, type OpenAI } from 'openai';
import { makeParseableResponseFormat } from 'openai/lib/parser';
import type {
  ChatCompletionCreateParamsNonStreaming as Whole,
  ChatCompletionCreateParamsStreaming as Streamed,
} from 'openai/resources/chat/completions';
import type { Behaviour, BehaviourRule } from '../../fakes/vendors/openai-server.js';

/** One call of OpenAI's client, as in its documentation. Its result is compared, so it must be plain data. */
export interface OpenAiCall {
  readonly name: string;
  /** The provider's reaction; defaults to an answer with everything that OpenAI sends. */
  readonly provider?: BehaviourRule;
  /** The service answers by itself, without the provider, and the answer has the same form. */
  readonly staysHere?: true;
  readonly run: (client: OpenAI, model: string) => Promise<unknown>;
}

/** The params of a call besides its model, including those that OpenAI has deprecated but programs still send. */
type Params = Readonly<Record<string, unknown>>;

/** Answers as OpenAI does, with more details than many compatible servers send. */
export const FULL_MANNER = {
  kind: 'answer',
  servedModel: 'gpt-4o-mini-2024-07-18',
  serviceTier: 'default',
  usageDetails: true,
  keepsLimits: true,
} as const;

const ASK = [{ role: 'user' as const, content: 'Tell me the four seasons of the year' }];
const WEATHER = {
  type: 'function' as const,
  function: {
    name: 'get_weather',
    description: 'The weather of a place',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
};
const CLOCK = { type: 'function' as const, function: { name: 'get_time', strict: false } };
const FORECAST = { name: 'get_weather', arguments: '{"city":"Paris"}' };
const TIME = { name: 'get_time', arguments: '{}' };
const SEASONS = {
  type: 'json_schema' as const,
  json_schema: {
    name: 'seasons',
    strict: true,
    schema: { type: 'object', properties: { first: { type: 'string' } }, additionalProperties: false },
  },
};

function create(name: string, params: Params, provider: object = {}): OpenAiCall {
  return {
    name,
    provider: { ...FULL_MANNER, ...provider },
    run: (client, model) => client.chat.completions.create({ messages: ASK, ...params, model } as Whole),
  };
}

function stream(name: string, params: Params, provider: object = {}): OpenAiCall {
  return {
    name,
    provider: { ...FULL_MANNER, ...provider },
    run: async (client, model) => {
      const chunks = await client.chat.completions.create({
        messages: ASK,
        ...params,
        model,
        stream: true,
      } as Streamed);
      const read: unknown[] = [];
      for await (const chunk of chunks) read.push(chunk);
      return read;
    },
  };
}

function fails(
  name: string,
  params: object,
  { staysHere, ...provider }: Behaviour & Pick<OpenAiCall, 'staysHere'>,
): OpenAiCall {
  return {
    name,
    provider,
    ...(staysHere === undefined ? {} : { staysHere }),
    run: (client, model) =>
      client.chat.completions.create({ messages: ASK, model, ...params }).then(
        () => 'an answer',
        (error: unknown) => factsOf(error),
      ),
  };
}

/** Returns the members that a program branches on, without the message, whose words differ between servers. */
function factsOf(error: unknown): object {
  if (!(error instanceof APIError)) throw error;
  const { status, type, code, headers } = error as APIError<number, Headers>;
  return { class: error.constructor.name, status, type, code, retryAfter: headers.get('retry-after') };
}

export const OPENAI_CALLS: readonly OpenAiCall[] = [
  create('a plain question', {}),
  create('a conversation', {
    messages: [
      { role: 'system', content: 'You are brief.' },
      { role: 'user', content: 'Hello' },
      { role: 'assistant', content: 'Hi, what can I do?' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Count ' },
          { type: 'text', text: 'to three' },
        ],
      },
    ],
  }),
  create('a developer message', { messages: [{ role: 'developer', content: 'Be brief.' }, ...ASK] }),
  create('an earlier answer sent back as it came', {
    messages: [...ASK, { role: 'assistant', content: 'Spring.', refusal: null }, ...ASK],
  }),
  create('a stop', { stop: 'four' }),
  create('several stops, and a seed', { stop: ['year', 'seasons'], seed: 7 }),
  create('a temperature and a top_p', { temperature: 0.2, top_p: 0.9 }),
  create('max_tokens', { max_tokens: 100 }),
  create('max_completion_tokens', { max_completion_tokens: 3 }),
  create('a content filter', {}, { finishReason: 'content_filter', text: 'Well' }),
  create('a refusal', {}, { refusal: "I'm sorry, I can't help with that." }),
  create(
    'characters beyond ASCII',
    { messages: [{ role: 'user', content: 'Grüße 👩‍🚀 日本' }] },
    { packetBytes: 1 },
  ),
  create('an empty answer', {}, { text: '' }),
  create('JSON mode', { response_format: { type: 'json_object' } }, { text: '{"a": 1}' }),
  create('a JSON schema', { response_format: SEASONS }, { text: '{"first":"spring"}' }),
  create('a response format of text', { response_format: { type: 'text' } }),
  create('members that say what holds anyway', {
    n: 1,
    logprobs: false,
    store: false,
    frequency_penalty: 0,
    presence_penalty: 0,
    logit_bias: {},
    modalities: ['text'],
    service_tier: 'auto',
    user: 'somebody',
  }),
  create('what clients send by themselves', {
    store: true,
    metadata: { order: '4711' },
    prompt_cache_key: 'tour',
    safety_identifier: 'somebody',
    reasoning_effort: 'low',
    verbosity: 'low',
    service_tier: 'flex',
    messages: [{ ...ASK[0], name: 'Ada' }],
  }),
  create('null for whatever was not set', {
    temperature: null,
    stop: null,
    logprobs: null,
    top_logprobs: null,
    tools: null,
    response_format: null,
    metadata: null,
    stream_options: null,
    messages: [{ ...ASK[0], name: null }],
  }),
  create('tools that are not called', { tools: [WEATHER] }),
  create('a tool that is called', { tools: [WEATHER], tool_choice: 'auto' }, { toolCalls: [FORECAST] }),
  create('a tool that must be called', { tools: [WEATHER, CLOCK], tool_choice: 'required' }),
  create('a named tool', {
    tools: [WEATHER, CLOCK],
    tool_choice: { type: 'function', function: { name: 'get_time' } },
  }),
  create('no tool', { tools: [WEATHER], tool_choice: 'none' }),
  create(
    'several calls beside a text',
    { tools: [WEATHER, CLOCK], parallel_tool_calls: true },
    { toolCalls: [FORECAST, TIME], text: 'Let me look.' },
  ),
  create('the results of tools', {
    tools: [WEATHER],
    messages: [
      ...ASK,
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'call_1', type: 'function', function: FORECAST }],
      },
      { role: 'tool', tool_call_id: 'call_1', content: '17 degrees' },
    ],
  }),
  {
    name: '.parse()',
    provider: { ...FULL_MANNER, text: '{"first":"spring"}' },
    run: (client, model) =>
      client.chat.completions.parse({
        model,
        messages: ASK,
        response_format: makeParseableResponseFormat(SEASONS, (text): unknown => JSON.parse(text)),
      }),
  },
  {
    name: '.runTools()',
    provider: ({ body }) => {
      const messages = body?.['messages'] as { role: string }[];
      return messages.at(-1)?.role === 'tool' ? FULL_MANNER : { ...FULL_MANNER, toolCalls: [FORECAST] };
    },
    run: async (client, model) => {
      const runner = client.chat.completions.runTools({
        model,
        messages: ASK,
        tools: [
          { ...WEATHER, function: { ...WEATHER.function, function: () => '17 degrees', parse: JSON.parse } },
        ],
      });
      return { answer: await runner.finalContent(), messages: runner.messages };
    },
  },
  stream('a stream', {}),
  stream('a stream with its usage', { stream_options: { include_usage: true } }),
  stream('a stream that must be short', { max_completion_tokens: 2 }),
  stream('a stream of calls', { tools: [WEATHER, CLOCK] }, { toolCalls: [FORECAST, TIME] }),
  stream('a stream of a refusal', {}, { refusal: "I'm sorry, I can't." }),
  stream('a stream without a word', { stream_options: { include_usage: true } }, { text: '' }),
  {
    name: '.stream() and its events',
    provider: { ...FULL_MANNER, toolCalls: [FORECAST], text: 'Let me look.' },
    run: async (client, model) => {
      const events: unknown[] = [];
      const runner = client.chat.completions.stream({ model, messages: ASK, tools: [WEATHER] });
      runner.on('content.delta', (event) => events.push(event));
      runner.on('content.done', (event) => events.push(event));
      runner.on('tool_calls.function.arguments.done', (event) => events.push(event));
      return { completion: await runner.finalChatCompletion(), events };
    },
  },
  {
    name: 'a stream that is left',
    provider: { ...FULL_MANNER, pieceDelayMs: 20 },
    run: async (client, model) => {
      const chunks = await client.chat.completions.create({ model, messages: ASK, stream: true });
      const read: unknown[] = [];
      for await (const chunk of chunks) {
        read.push(chunk);
        if (read.length === 3) chunks.controller.abort();
      }
      return { read, isAborted: chunks.controller.signal.aborted };
    },
  },
  {
    name: 'the list of models',
    run: async (client, model) => (await client.models.list()).data.find(({ id }) => id === model),
  },
  { name: 'one of the models', run: (client, model) => client.models.retrieve(model) },
  fails('an argument that nobody knows', { foo: 1 }, { ...FULL_MANNER, staysHere: true }),
  fails('what the vendor refuses', {}, { kind: 'error', status: 400, message: 'context is too long' }),
  fails(
    'a model that is not there',
    { model: 'openai/gpt-0' },
    {
      kind: 'error',
      status: 404,
      code: 'model_not_found',
      staysHere: true,
    },
  ),
  fails(
    'a limit of the vendor',
    {},
    {
      kind: 'error',
      status: 429,
      code: 'rate_limit_exceeded',
      headers: { 'retry-after': '20' },
    },
  ),
  fails('a vendor that fails', {}, { kind: 'error', status: 500 }),
  {
    name: 'a wrong key',
    staysHere: true,
    run: (client, model) =>
      client
        .withOptions({ apiKey: 'sk-wrong' })
        .chat.completions.create({ model, messages: ASK })
        .then(
          () => 'an answer',
          (error: unknown) => factsOf(error),
        ),
  },
];
