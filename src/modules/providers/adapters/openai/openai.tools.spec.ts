import { OpenAiServer } from '../../../../../test/fakes/vendors/openai-server.js';
import { fixtureOf } from '../../../../../test/fakes/vendors/provider-fixtures.js';
import { ASKING_WAYS } from '../../testkit/asking-ways.testkit.js';
import { askerOf, failureOf } from '../../testkit/provider-asker.testkit.js';
import type { ProviderToolChoice } from '../../provider.contract.js';
import { describeRecordedAnswers } from '../../testkit/recorded-answers.testkit.js';
import { OpenAiProvider } from './openai.provider.js';

const KEY = 'sk-test-0123456789abcdefghij';
const PROMPT = 'canary-7f3a: what is the weather like in Paris?';
const MODEL = 'gpt-4o-mini';
const SCHEMA = { type: 'object', properties: { location: { type: 'string' } }, required: ['location'] };
const fixture = fixtureOf('openai');

let server: OpenAiServer;
let provider: OpenAiProvider;

async function start(): Promise<void> {
  server = await OpenAiServer.start({ apiKey: KEY });
  const settings: Record<string, string> = { OPENAI_API_KEY: KEY, OPENAI_BASE_URL: server.baseUrl };
  provider = new OpenAiProvider((name) => settings[name]);
}

async function stop(): Promise<void> {
  await provider.onApplicationShutdown();
  await server.stop();
}

function replay(file: string, packetBytes: number | null = null, alwaysStreams = false): void {
  const { body, contentType = '' } = fixture(file);
  const packets = packetBytes === null ? {} : { packetBytes };
  const headers = { 'content-type': contentType };
  server.behave({ kind: 'raw', body, headers, ...packets, asAsked: !alwaysStreams });
}

describeRecordedAnswers('openai', { start, stop, provider: () => provider, modelName: MODEL, replay });

describe.each(ASKING_WAYS)('OpenAiProvider with tools and response formats, asked %s', (_way, onEvent) => {
  beforeAll(start);
  afterAll(stop);
  beforeEach(() => server.reset());

  const streamed = onEvent === undefined ? {} : { stream: true, stream_options: { include_usage: true } };
  const ask = askerOf(() => provider, MODEL, PROMPT, onEvent);
  const lastBody = (): unknown => server.requests.at(-1)?.body;

  it('has them all', () => {
    expect(provider.supportedFeatures).toEqual(['tools', 'json_object', 'json_schema']);
  });

  it('sends tools as they are, and nothing unasked', async () => {
    const weather = { name: 'get_weather', description: 'Of a city.', parameters: SCHEMA, strict: true };
    await ask({ tools: [weather, { name: 'get_time' }] });
    expect(lastBody()).toEqual({
      model: MODEL,
      messages: [{ role: 'user', content: PROMPT }],
      ...streamed,
      tools: [
        { type: 'function', function: weather },
        { type: 'function', function: { name: 'get_time' } },
      ],
    });
  });

  it.each<[ProviderToolChoice, unknown]>([
    ['auto', 'auto'],
    ['none', 'none'],
    ['required', 'required'],
    [{ name: 'get_weather' }, { type: 'function', function: { name: 'get_weather' } }],
  ])('sends the choice %j', async (toolChoice, sent) => {
    await ask({ tools: [{ name: 'get_weather' }], toolChoice, parallelToolCalls: false });
    expect(lastBody()).toMatchObject({ tool_choice: sent, parallel_tool_calls: false });
  });

  it('says nothing of tools where there are none', async () => {
    await ask({ tools: [], toolChoice: 'auto', parallelToolCalls: true });
    for (const field of ['tools', 'tool_choice', 'parallel_tool_calls']) {
      expect(lastBody()).not.toHaveProperty(field);
    }
  });

  it('sends calls and their results back in their places', async () => {
    const call = { id: 'call_1', name: 'get_weather', arguments: '{"location": "Paris"}' };
    await ask({
      messages: [
        { role: 'user', content: PROMPT },
        { role: 'assistant', content: '', toolCalls: [call] },
        { role: 'tool', content: '{"celsius":14}', toolCallId: 'call_1' },
        { role: 'assistant', content: 'Mild.', toolCalls: [call] },
      ],
    });
    const tool_calls = [
      { id: 'call_1', type: 'function', function: { name: 'get_weather', arguments: call.arguments } },
    ];
    expect(lastBody()).toMatchObject({
      messages: [
        { role: 'user', content: PROMPT },
        { role: 'assistant', content: null, tool_calls },
        { role: 'tool', content: '{"celsius":14}', tool_call_id: 'call_1' },
        { role: 'assistant', content: 'Mild.', tool_calls },
      ],
    });
  });

  it('sends response formats as they are', async () => {
    await ask({ responseFormat: { type: 'json_object' } });
    expect(lastBody()).toMatchObject({ response_format: { type: 'json_object' } });
    const json_schema = { name: 'weather', schema: SCHEMA, description: 'Of a city.', strict: true };
    await ask({ responseFormat: { type: 'json_schema', ...json_schema } });
    expect(lastBody()).toMatchObject({ response_format: { type: 'json_schema', json_schema } });
    await ask({ responseFormat: { type: 'json_schema', name: 'weather', schema: SCHEMA } });
    expect(lastBody()).toHaveProperty('response_format.json_schema', { name: 'weather', schema: SCHEMA });
  });

  it('reads calls under the ids that OpenAI gave them', async () => {
    replay('parallel-tool-calls.stream.txt');
    expect((await ask()).toolCalls).toEqual([
      { id: 'call_sWlMJxWdqjsW0vaCbmcBFHY6', name: 'get_weather', arguments: '{"location": "Paris"}' },
      { id: 'call_iTX7DgYSBMGHkBaCNnpuhZTj', name: 'get_weather', arguments: '{"location": "Bogotá"}' },
    ]);
  });

  it('reads calls from one JSON document', async () => {
    replay('tool-call.completion.json');
    expect(await ask()).toMatchObject({
      text: '',
      toolCalls: [
        { id: 'call_abc123', name: 'get_current_weather', arguments: '{\n"location": "Boston, MA"\n}' },
      ],
      finishReason: 'tool_calls',
    });
  });

  it('reads what the server is told to call, streamed and whole', async () => {
    const toolCalls = [
      { name: 'a', arguments: '{"x":1}' },
      { name: 'b', arguments: '' },
    ];
    for (const asJson of [false, true]) {
      server.behave({ kind: 'answer', text: 'Well, ', toolCalls, asJson });
      const completion = await ask();
      expect(completion).toMatchObject({ text: 'Well, ', toolCalls, finishReason: 'tool_calls' });
    }
  });

  it('gets a call where it demands one', async () => {
    const { toolCalls } = await ask({ tools: [{ name: 'get_weather' }], toolChoice: 'required' });
    expect(toolCalls).toMatchObject([{ name: 'get_weather', arguments: JSON.stringify({ asked: PROMPT }) }]);
  });

  it('tells the refusal apart, and what else a client of OpenAI sees', async () => {
    replay('openai-refusal.stream.txt');
    const text = "I'm sorry, I can't help with that.";
    expect(await ask()).toMatchObject({ text, refusal: text, finishReason: 'content_filter' });
    replay('no-tool-call.stream.txt');
    expect(await ask()).toMatchObject({
      refusal: null,
      extras: { system_fingerprint: 'fp_06737a9306', service_tier: 'default' },
    });
  });

  it.each([
    ['calls that are no objects', '{"choices":[{"delta":{"tool_calls":[7]}}]}'],
    [
      'a call without a name',
      '{"choices":[{"delta":{"tool_calls":[{"index":0,"id":"c"}]},"finish_reason":"stop"}]}',
    ],
  ])('is a provider_error when it gets %s', async (_what, json) => {
    server.behave({ kind: 'raw', body: `data: ${json}\n\ndata: [DONE]\n\n` });
    expect(await failureOf(ask())).toMatchObject({ kind: 'provider_error' });
  });

  it('does not say what stood in the arguments of a call', async () => {
    const secret = '{"note": "canary-55 the figures are not public"}';
    const toolCalls = [{ id: 'c', name: 'n', arguments: secret }];
    server.behave({ kind: 'error', status: 400, message: `Invalid: ${secret}`, code: 'bad_call' });
    const error = await failureOf(ask({ messages: [{ role: 'assistant', content: '', toolCalls }] }));
    expect(error.message).toBe('The provider answered 400: bad_call');
  });
});
