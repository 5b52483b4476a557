import { startAnthropicServer } from '../../../../../test/fakes/vendors/anthropic-server.js';
import { fixtureOf } from '../../../../../test/fakes/vendors/provider-fixtures.js';
import { vendorHarness } from '../../../../../test/fakes/vendors/vendor-harness.js';
import type { VendorServer } from '../../../../../test/fakes/vendors/vendor-server.js';
import { ASKING_WAYS } from '../../testkit/asking-ways.testkit.js';
import { describeProvider } from '../../testkit/describe-provider.testkit.js';
import { askerOf, failureOf } from '../../testkit/provider-asker.testkit.js';
import { describeRecordedAnswers } from '../../testkit/recorded-answers.testkit.js';
import { AnthropicProvider } from './anthropic.provider.js';
import { DEFAULT_MAX_TOKENS } from './anthropic.request.js';

const KEY = 'sk-ant-api03-0123456789abcdefghij';
const PROMPT = 'canary-7f3a: the quarterly figures are not public yet';
const MODEL = 'claude-haiku-5-5';
const fixture = fixtureOf('anthropic');

let server: VendorServer;
let provider: AnthropicProvider;

const createProvider = (settings: Record<string, string>): AnthropicProvider =>
  new AnthropicProvider((name) => settings[name]);

async function start(): Promise<void> {
  server = await startAnthropicServer(KEY);
  provider = createProvider({ ANTHROPIC_API_KEY: KEY, ANTHROPIC_BASE_URL: server.origin });
}

async function stop(): Promise<void> {
  await provider.onApplicationShutdown();
  await server.stop();
}

describeProvider(
  'anthropic',
  vendorHarness({
    start,
    stop,
    server: () => server,
    provider: () => provider,
    unready: () => ({ provider: createProvider({}), missing: 'ANTHROPIC_API_KEY' }),
    modelName: MODEL,
  }),
);

describeRecordedAnswers('anthropic', {
  start,
  stop,
  provider: () => provider,
  modelName: MODEL,
  replay: (file, packetBytes, alwaysStreams) => {
    const packets = packetBytes === null ? {} : { packetBytes };
    server.behaviour = { ...fixture(file), ...packets, asAsked: !alwaysStreams };
  },
});

describe.each(ASKING_WAYS)('AnthropicProvider, asked %s', (_way, onEvent) => {
  beforeAll(start);
  afterAll(stop);
  beforeEach(() => server.reset());

  const streamed = onEvent === undefined ? {} : { stream: true };
  const ask = askerOf(() => provider, MODEL, PROMPT, onEvent);
  const lastBody = (): unknown => server.lastRequest?.body;

  describe('what it sends', () => {
    it('is a message with a limit, which the vendor wants, and nothing else unasked', async () => {
      await ask();
      expect(lastBody()).toEqual({
        model: MODEL,
        max_tokens: DEFAULT_MAX_TOKENS,
        messages: [{ role: 'user', content: PROMPT }],
        ...streamed,
      });
      expect(server.lastRequest?.headers).toMatchObject({
        'anthropic-version': '2026-10-21',
        'x-client-request-id': 'attempt-1',
      });
    });

    it('has a field for every param that it supports, zeros included', async () => {
      const params = { max_new_tokens: 800, temperature: 0, top_p: 0.5, top_k: 40, stop: ['\n', 'END'] };
      await ask({ params });
      expect(Object.keys(params).sort()).toEqual([...provider.supportedParams].sort());
      expect(lastBody()).toMatchObject({
        max_tokens: 800,
        temperature: 0,
        top_p: 0.5,
        top_k: 40,
        stop_sequences: ['\n', 'END'],
      });
    });

    it('goes under the older version of the API where only that has a field for it', async () => {
      await ask({ params: { temperature: 0.2 } });
      expect(server.lastRequest?.headers['anthropic-version']).toBe('2023-06-01');
    });

    it('has the system prompt apart, and a later system message in its place', async () => {
      await ask({
        messages: [
          { role: 'system', content: 'Be brief.' },
          { role: 'system', content: 'Be kind.' },
          { role: 'user', content: 'Hello' },
          { role: 'assistant', content: 'Hi.' },
          { role: 'user', content: 'Well?' },
          { role: 'system', content: 'Now in French.' },
        ],
      });
      expect(lastBody()).toMatchObject({
        system: [
          { type: 'text', text: 'Be brief.' },
          { type: 'text', text: 'Be kind.' },
        ],
        messages: [
          { role: 'user', content: 'Hello' },
          { role: 'assistant', content: 'Hi.' },
          { role: 'user', content: 'Well?' },
          { role: 'system', content: 'Now in French.' },
        ],
      });
    });

    it('leaves it to the vendor to refuse a chat of nothing but system messages', async () => {
      const error = await failureOf(ask({ messages: [{ role: 'system', content: 'Be brief.' }] }));
      expect(error).toMatchObject({ kind: 'provider_rejected', status: 400 });
      expect(error.message).toContain('at least one message is required');
    });
  });

  it('brings usage, request id and the exact model', async () => {
    server.behaviour = fixture('thinking-and-cache.stream.txt');
    expect(await ask()).toMatchObject({
      text: 'The greatest common divisor is **21**.',
      finishReason: 'stop',
      servedModelName: 'claude-opus-5-5',
      providerRequestId: 'req_1',
      usage: {
        promptTokens: 12 + 100 + 2048,
        responseTokens: 73,
        cachedPromptTokens: 2048,
        reasoningTokens: 58,
        raw: { input_tokens: 12, cache_creation_input_tokens: 100, stop_reason: 'end_turn' },
      },
    });
  });

  it.each([
    ['answer.stream.txt', 'Hello!', 'stop', 'end_turn', 15],
    ['max-tokens.stream.txt', 'Once upon', 'length', 'max_tokens', 2],
    ['stop-sequence.stream.txt', 'one, two, ', 'stop', 'stop_sequence', 6],
    ['refusal.stream.txt', 'I can', 'content_filter', 'refusal', 3],
    ['empty.stream.txt', '', 'stop', 'end_turn', 2],
    ['unknown-events.stream.txt', 'Bonjour 👋', 'stop', 'end_turn', 4],
  ])('reads %s', async (file, text, finishReason, stop_reason, responseTokens) => {
    server.behaviour = fixture(file);
    expect(await ask()).toMatchObject({
      text,
      finishReason,
      usage: { promptTokens: 25, responseTokens, raw: { stop_reason } },
    });
  });

  it.each([
    ['error-400-temperature.json', 400, 'provider_rejected', '`temperature` is deprecated for this model.'],
    ['error-400-too-long.json', 400, 'provider_rejected', '208310 tokens > 200000 maximum'],
    ['error-401-key.json', 401, 'provider_rejected', 'invalid x-api-key'],
    ['error-402-billing.json', 402, 'provider_rejected', 'credit balance is too low'],
    ['error-404-model.json', 404, 'provider_rejected', 'model: claude-9'],
    ['error-413-too-large.json', 413, 'provider_rejected', 'maximum allowed number of bytes'],
    ['error-429-rate-limit.json', 429, 'rate_limited', 'input tokens per minute'],
    ['error-500-api.json', 500, 'provider_error', 'Internal server error'],
    ['error-529-overloaded.json', 529, 'provider_error', 'Overloaded'],
  ])('reads %s', async (file, status, kind, words) => {
    server.behaviour = { ...fixture(file), status };
    const error = await failureOf(ask());
    expect(error).toMatchObject({ kind, status, providerRequestId: 'req_1' });
    expect(error.message).toContain(words);
  });

  it.each([
    ['overloaded-in-stream.txt', 'provider_error', 529, 'Overloaded'],
    ['rate-limit-in-stream.txt', 'rate_limited', 429, 'rate limit'],
  ])('reads %s', async (file, kind, status, words) => {
    server.behaviour = fixture(file);
    const error = await failureOf(ask());
    expect(error).toMatchObject({ kind, status, providerRequestId: 'req_1' });
    expect(error.message).toContain(words);
  });

  it('takes a line that breaks after the last event', async () => {
    server.behaviour = { kind: 'cut', at: 'end' };
    expect((await ask()).text).toBe(`You said: ${PROMPT}`);
  });

  it.each([
    ['provider_error', 'a page', '<html>'],
    ['provider_error', 'nothing', ''],
    ['provider_error', 'an event that is no object', 'data: 1\n\n'],
    ['provider_error', 'events of something else', 'data: {"type":"ping"}\n\n'],
    ['connection', 'an answer without end', 'data: {"type":"message_start","message":{"model":"m"}}\n\n'],
  ])('is a %s when it gets %s', async (kind, _what, body) => {
    server.behaviour = { kind: 'raw', body };
    expect(await failureOf(ask())).toMatchObject({ name: 'ProviderError', kind });
  });

  it('says neither key nor prompt when the vendor echoes them', async () => {
    server.behaviour = { kind: 'error', status: 400, message: `Bad content '${PROMPT.slice(3, 40)}'` };
    const quoting = await failureOf(ask());
    server.behaviour = { kind: 'error', status: 401, message: `Wrong: ${KEY} is unknown` };
    const echoing = await failureOf(ask());
    expect(quoting.message).toBe('The provider answered 400: invalid_request_error');
    expect(echoing.message).toBe('The provider answered 401: Wrong: [redacted] is unknown');
  });

  it('refuses to start on an address that is none', () => {
    expect(() => createProvider({ ANTHROPIC_BASE_URL: 'api.anthropic.com' })).toThrow(
      'Set ANTHROPIC_BASE_URL to an http or https address such as https://api.anthropic.com.',
    );
  });
});
