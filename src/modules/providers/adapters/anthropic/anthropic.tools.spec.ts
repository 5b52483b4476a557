import { startAnthropicServer } from '../../../../../test/fakes/vendors/anthropic-server.js';
import { fixtureOf } from '../../../../../test/fakes/vendors/provider-fixtures.js';
import type { VendorServer } from '../../../../../test/fakes/vendors/vendor-server.js';
import { ASKING_WAYS } from '../../testkit/asking-ways.testkit.js';
import { askerOf, failureOf } from '../../testkit/provider-asker.testkit.js';
import type { ProviderToolChoice } from '../../provider.contract.js';
import { AnthropicProvider } from './anthropic.provider.js';
import { DEFAULT_MAX_TOKENS } from './anthropic.request.js';

const KEY = 'sk-ant-api03-0123456789abcdefghij';
const PROMPT = 'What is the weather like in Paris?';
const MODEL = 'claude-haiku-5-5';
const SCHEMA = { type: 'object', properties: { location: { type: 'string' } }, required: ['location'] };
const TOOL = { name: 'get_weather', parameters: SCHEMA };
const fixture = fixtureOf('anthropic');

let server: VendorServer;
let provider: AnthropicProvider;

describe.each(ASKING_WAYS)('AnthropicProvider with tools and response formats, asked %s', (_way, onEvent) => {
  beforeAll(async () => {
    server = await startAnthropicServer(KEY);
    const settings: Record<string, string> = { ANTHROPIC_API_KEY: KEY, ANTHROPIC_BASE_URL: server.origin };
    provider = new AnthropicProvider((name) => settings[name]);
  });
  afterAll(async () => {
    await provider.onApplicationShutdown();
    await server.stop();
  });
  beforeEach(() => server.reset());

  const streamed = onEvent === undefined ? {} : { stream: true };
  const ask = askerOf(() => provider, MODEL, PROMPT, onEvent);
  const lastBody = (): unknown => server.lastRequest?.body;

  it('has JSON by a schema only', () => {
    expect(provider.supportedFeatures).toEqual(['tools', 'json_schema']);
  });

  it('sends tools with a schema each, which the vendor wants, and nothing unasked', async () => {
    await ask({
      tools: [{ ...TOOL, description: 'Of a city.', strict: true }, { name: 'get_time' }],
    });
    expect(lastBody()).toEqual({
      model: MODEL,
      max_tokens: DEFAULT_MAX_TOKENS,
      messages: [{ role: 'user', content: PROMPT }],
      ...streamed,
      tools: [
        { name: 'get_weather', description: 'Of a city.', input_schema: SCHEMA, strict: true },
        { name: 'get_time', input_schema: { type: 'object', properties: {} } },
      ],
    });
  });

  it.each<[ProviderToolChoice | undefined, boolean | undefined, unknown]>([
    ['auto', undefined, { type: 'auto' }],
    ['none', undefined, { type: 'none' }],
    ['required', undefined, { type: 'any' }],
    [{ name: 'get_weather' }, undefined, { type: 'tool', name: 'get_weather' }],
    [undefined, false, { type: 'auto', disable_parallel_tool_use: true }],
    ['required', false, { type: 'any', disable_parallel_tool_use: true }],
    [{ name: 'get_weather' }, true, { type: 'tool', name: 'get_weather', disable_parallel_tool_use: false }],
    ['none', false, { type: 'none' }],
  ])('sends the choice %j, parallel %j', async (toolChoice, parallelToolCalls, tool_choice) => {
    await ask({
      tools: [TOOL],
      ...(toolChoice === undefined ? {} : { toolChoice }),
      ...(parallelToolCalls === undefined ? {} : { parallelToolCalls }),
    });
    expect(lastBody()).toHaveProperty('tool_choice', tool_choice);
  });

  it('says nothing of tools where there are none', async () => {
    await ask({ tools: [], toolChoice: 'auto', parallelToolCalls: false });
    expect(lastBody()).not.toHaveProperty('tools');
    expect(lastBody()).not.toHaveProperty('tool_choice');
  });

  it('sends calls and their results back as blocks, the results of one turn together', async () => {
    await ask({
      messages: [
        { role: 'user', content: PROMPT },
        {
          role: 'assistant',
          content: 'Let me see.',
          toolCalls: [
            { id: 'toolu_1', name: 'get_weather', arguments: '{"location":"Paris"}' },
            { id: 'toolu_2', name: 'get_time', arguments: '' },
          ],
        },
        { role: 'tool', content: '14 °C', toolCallId: 'toolu_1' },
        { role: 'tool', content: '', toolCallId: 'toolu_2' },
        { role: 'assistant', content: '', toolCalls: [{ id: 'toolu_3', name: 'get_time', arguments: '{}' }] },
        { role: 'tool', content: '12:00', toolCallId: 'toolu_3' },
        { role: 'user', content: 'Well?' },
      ],
    });
    expect(lastBody()).toHaveProperty('messages', [
      { role: 'user', content: PROMPT },
      {
        role: 'assistant',
        content: [
          { type: 'text', text: 'Let me see.' },
          { type: 'tool_use', id: 'toolu_1', name: 'get_weather', input: { location: 'Paris' } },
          { type: 'tool_use', id: 'toolu_2', name: 'get_time', input: {} },
        ],
      },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'toolu_1', content: '14 °C' },
          { type: 'tool_result', tool_use_id: 'toolu_2', content: '' },
        ],
      },
      { role: 'assistant', content: [{ type: 'tool_use', id: 'toolu_3', name: 'get_time', input: {} }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_3', content: '12:00' }] },
      { role: 'user', content: 'Well?' },
    ]);
  });

  it.each(['{"location', '[1]', 'null'])('cannot send the arguments %j back', async (text) => {
    const toolCalls = [{ id: 'toolu_1', name: 'get_weather', arguments: text }];
    const error = await failureOf(ask({ messages: [{ role: 'assistant', content: '', toolCalls }] }));
    expect(error).toMatchObject({ kind: 'provider_rejected', status: null });
    expect(error.message).toBe(
      'The request could not be sent: the arguments of a tool call are not a JSON object.',
    );
    expect(server.requests).toEqual([]);
  });

  it('sends a schema as the format of the output', async () => {
    await ask({ responseFormat: { type: 'json_schema', name: 'weather', schema: SCHEMA, strict: true } });
    expect(lastBody()).toHaveProperty('output_config', { format: { type: 'json_schema', schema: SCHEMA } });
  });

  it('reads a call behind a text, its arguments as they were written', async () => {
    server.behaviour = { ...fixture('tool-call-after-text.stream.txt'), asAsked: false };
    expect(await ask()).toMatchObject({
      text: "Okay, let's check the weather:",
      toolCalls: [
        {
          id: 'toolu_01T1x1fJ34qAmk2tNTrN7Up6',
          name: 'get_weather',
          arguments: '{"location": "San Francisco, CA", "unit": "fahrenheit"}',
        },
      ],
      finishReason: 'tool_calls',
    });
  });

  it('reads a call of a tool that takes nothing', async () => {
    server.behaviour = fixture('tool-call-without-arguments.stream.txt');
    expect((await ask()).toolCalls).toEqual([{ id: 'toolu_01C', name: 'get_time', arguments: '{}' }]);
  });

  it('reads arguments that come with the start of their block', async () => {
    const { body, ...rest } = fixture('tool-call-without-arguments.stream.txt');
    server.behaviour = { ...rest, body: body.replace('"input":{}', '"input":{"zone":"CET"}') };
    expect((await ask()).toolCalls).toMatchObject([{ arguments: '{"zone":"CET"}' }]);
  });

  it('keeps the arguments of a whole message as they were sent, large numbers included', async () => {
    const input = '{ "id": 12345678901234567890, "unit": null, "rate": 1.0 }';
    const message = {
      ...{ id: 'msg_1', type: 'message', role: 'assistant', model: MODEL, stop_reason: 'tool_use' },
      content: [
        { type: 'text', text: 'So:' },
        { type: 'tool_use', id: 'toolu_1', name: 'find', input: 7 },
      ],
      usage: { input_tokens: 1, output_tokens: 2 },
    };
    const body = JSON.stringify(message).replace('"input":7', `"input":${input}`);
    server.behaviour = { kind: 'raw', contentType: 'application/json', body };
    const call = { id: 'toolu_1', name: 'find', arguments: input };
    expect(await ask()).toMatchObject({ text: 'So:', toolCalls: [call], finishReason: 'tool_calls' });
  });

  it('takes no call for one that the vendor runs itself', async () => {
    server.behaviour = fixture('server-tool.stream.txt');
    expect(await ask()).toMatchObject({ text: 'It rains.', toolCalls: [], finishReason: 'stop' });
  });
});
