import { startGoogleServer } from '../../../../../test/fakes/vendors/google-server.js';
import { fixtureOf } from '../../../../../test/fakes/vendors/provider-fixtures.js';
import type { VendorServer } from '../../../../../test/fakes/vendors/vendor-server.js';
import { ASKING_WAYS } from '../../testkit/asking-ways.testkit.js';
import { askerOf, failureOf, type Question } from '../../testkit/provider-asker.testkit.js';
import type { ProviderMessage, ProviderToolChoice } from '../../provider.contract.js';
import { GoogleProvider } from './google.provider.js';

const KEY = 'AIzaSy0123456789-abcdefghijklmnopqrstu';
const PROMPT = 'What is the weather like in Paris?';
const MODEL = 'gemini-3.5-flash';
const SCHEMA = { type: 'object', properties: { location: { type: 'string' } }, required: ['location'] };
const TOOL = { name: 'get_weather', parameters: SCHEMA };
const CALL = { id: 'gp737npz', name: 'get_weather', arguments: '{"location":"Paris"}' };
const fixture = fixtureOf('google');

let server: VendorServer;
let provider: GoogleProvider;

describe.each(ASKING_WAYS)('GoogleProvider with tools and response formats, asked %s', (_way, onEvent) => {
  beforeAll(async () => {
    server = await startGoogleServer(KEY);
    const settings: Record<string, string> = { GEMINI_API_KEY: KEY, GOOGLE_GEMINI_BASE_URL: server.origin };
    provider = new GoogleProvider((name) => settings[name]);
  });
  afterAll(async () => {
    await provider.onApplicationShutdown();
    await server.stop();
  });
  beforeEach(() => server.reset());

  const ask = askerOf(() => provider, MODEL, PROMPT, onEvent);
  const lastBody = (): unknown => server.lastRequest?.body;

  it('has them all', () => {
    expect(provider.supportedFeatures).toEqual(['tools', 'json_object', 'json_schema']);
  });

  it('sends tools as declarations of functions, and nothing unasked', async () => {
    await ask({ tools: [{ ...TOOL, description: 'Of a city.', strict: true }, { name: 'get_time' }] });
    expect(lastBody()).toEqual({
      contents: [{ role: 'user', parts: [{ text: PROMPT }] }],
      tools: [
        {
          functionDeclarations: [
            { name: 'get_weather', description: 'Of a city.', parametersJsonSchema: SCHEMA },
            { name: 'get_time' },
          ],
        },
      ],
      generationConfig: {},
    });
  });

  it.each<[ProviderToolChoice, unknown]>([
    ['auto', { mode: 'AUTO' }],
    ['none', { mode: 'NONE' }],
    ['required', { mode: 'ANY' }],
    [{ name: 'get_weather' }, { mode: 'ANY', allowedFunctionNames: ['get_weather'] }],
  ])('sends the choice %j', async (toolChoice, functionCallingConfig) => {
    await ask({ tools: [TOOL], toolChoice, parallelToolCalls: true });
    expect(lastBody()).toHaveProperty('toolConfig', { functionCallingConfig });
  });

  it('says nothing of tools where there are none', async () => {
    await ask({ tools: [], toolChoice: 'auto', parallelToolCalls: false });
    expect(lastBody()).not.toHaveProperty('tools');
    expect(lastBody()).not.toHaveProperty('toolConfig');
  });

  const chat: ProviderMessage[] = [
    { role: 'user', content: PROMPT },
    {
      role: 'assistant',
      content: 'Let me see.',
      toolCalls: [CALL, { id: 'call_1', name: 'get_time', arguments: '' }],
    },
    { role: 'tool', content: '{"celsius":14}', toolCallId: 'gp737npz' },
    { role: 'tool', content: '12:00', toolCallId: 'call_1' },
    { role: 'assistant', content: '', toolCalls: [{ ...CALL, id: 'call_1' }] },
    { role: 'tool', content: '[7]', toolCallId: 'call_1' },
  ];
  const functionCall = { id: 'gp737npz', name: 'get_weather', args: { location: 'Paris' } };

  it('sends calls and their results back as parts, the results of one turn together', async () => {
    await ask({ messages: chat, modelName: 'gemini-2.5-flash' });
    expect(lastBody()).toHaveProperty('contents', [
      { role: 'user', parts: [{ text: PROMPT }] },
      {
        role: 'model',
        parts: [
          { text: 'Let me see.' },
          { functionCall },
          { functionCall: { id: 'call_1', name: 'get_time', args: {} } },
        ],
      },
      {
        role: 'user',
        parts: [
          { functionResponse: { id: 'gp737npz', name: 'get_weather', response: { celsius: 14 } } },
          { functionResponse: { id: 'call_1', name: 'get_time', response: { output: '12:00' } } },
        ],
      },
      { role: 'model', parts: [{ functionCall: { ...functionCall, id: 'call_1' } }] },
      {
        role: 'user',
        parts: [{ functionResponse: { id: 'call_1', name: 'get_weather', response: { output: '[7]' } } }],
      },
    ]);
  });

  it.each([
    ['gemini-3.5-flash', true],
    ['gemini-flash-latest', true],
    ['gemini-10-pro', true],
    ['gemini-2.5-pro', false],
    ['gemini-1.5-flash', false],
    ['gemma-3-27b-it', false],
  ])('says to %s that a call has no signature: %s', async (modelName, says) => {
    await ask({ messages: chat, modelName });
    const body = server.lastRequest?.body as { contents: { parts: { thoughtSignature?: string }[] }[] };
    const signatures = body.contents.map(({ parts }) => parts.map((part) => part.thoughtSignature ?? null));
    const signature = says ? 'skip_thought_signature_validator' : null;
    expect(signatures).toEqual([[null], [null, signature, null], [null, null], [signature], [null]]);
  });

  it.each<[string, Question]>([
    [
      'the arguments of a tool call are not a JSON object',
      { messages: [{ role: 'assistant', content: '', toolCalls: [{ ...CALL, arguments: '{"lo' }] }] },
    ],
    [
      'a result of a tool has no call before it',
      { messages: [{ role: 'tool', content: 'x', toolCallId: 'gp737npz' }] },
    ],
    ['Gemini cannot be kept from calling tools in parallel', { tools: [TOOL], parallelToolCalls: false }],
  ])('refuses before it sends: %s', async (reason, question) => {
    const error = await failureOf(ask(question));
    expect(error).toMatchObject({ kind: 'provider_rejected', status: null });
    expect(error.message).toBe(`The request could not be sent: ${reason}.`);
    expect(server.requests).toEqual([]);
  });

  it('sends response formats as the type and the schema of the answer', async () => {
    await ask({ responseFormat: { type: 'json_object' } });
    expect(lastBody()).toHaveProperty('generationConfig', { responseMimeType: 'application/json' });
    await ask({ responseFormat: { type: 'json_schema', name: 'weather', schema: SCHEMA } });
    expect(lastBody()).toHaveProperty('generationConfig', {
      responseMimeType: 'application/json',
      responseJsonSchema: SCHEMA,
    });
  });

  it('reads a call behind thoughts and a text, under the id that Gemini gave it', async () => {
    server.behaviour = fixture('tool-call-after-text.stream.txt');
    expect(await ask()).toMatchObject({
      text: 'Let me look.',
      toolCalls: [{ id: 'abc1', name: 'get_time', arguments: '{}' }],
      finishReason: 'tool_calls',
      usage: { responseTokens: 32, reasoningTokens: 20 },
    });
  });

  it('makes ids up for a model that gives none', async () => {
    server.behaviour = fixture('parallel-tool-calls.stream.txt');
    expect((await ask()).toolCalls.map(({ id }) => id)).toEqual(['call_0', 'call_1']);
  });

  it('counts a malformed call as a failure of the provider, which has billed it', async () => {
    server.behaviour = fixture('malformed-call.stream.txt');
    expect(await failureOf(ask())).toMatchObject({
      kind: 'provider_error',
      message: 'The provider ended its answer early: MALFORMED_FUNCTION_CALL.',
      answerBegan: true,
    });
  });

  it('is a provider_error when it gets a call that is none', async () => {
    server.behaviour = {
      kind: 'raw',
      body: 'data: {"candidates":[{"content":{"parts":[{"functionCall":7}]},"finishReason":"STOP"}]}\n\n',
    };
    expect(await failureOf(ask())).toMatchObject({ kind: 'provider_error' });
  });
});
