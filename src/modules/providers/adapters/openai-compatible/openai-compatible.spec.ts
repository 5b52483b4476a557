import { startCompatibleServer } from '../../../../../test/fakes/vendors/openai-like-servers.js';
import { fixtureOf } from '../../../../../test/fakes/vendors/provider-fixtures.js';
import { vendorHarness } from '../../../../../test/fakes/vendors/vendor-harness.js';
import type { VendorServer } from '../../../../../test/fakes/vendors/vendor-server.js';
import { ASKING_WAYS } from '../../testkit/asking-ways.testkit.js';
import { describeProvider } from '../../testkit/describe-provider.testkit.js';
import { askerOf, failureOf } from '../../testkit/provider-asker.testkit.js';
import { describeRecordedAnswers } from '../../testkit/recorded-answers.testkit.js';
import type { ModelProvider } from '../../provider.contract.js';
import { compatibleProviders } from './openai-compatible.js';

const KEY = 'gsk-0123456789abcdefghij';
const PROMPT = 'canary-7f3a: the quarterly figures are not public yet';
const MODEL = 'llama-3.3-70b-versatile';
const fixture = fixtureOf('openai-compatible');

type Configured = ModelProvider & { onApplicationShutdown(): Promise<void> };

let server: VendorServer;
let provider: Configured;

function configured(setting: string, env: Record<string, string | undefined>): Configured {
  const [ProviderClass] = compatibleProviders(setting, []);
  if (ProviderClass === undefined) throw new Error('nothing is configured');
  return new ProviderClass((name) => env[name]) as Configured;
}

async function start(): Promise<void> {
  server = await startCompatibleServer(KEY);
  provider = configured(`groq=${server.origin}/v1|GROQ_API_KEY`, { GROQ_API_KEY: KEY });
}

async function stop(): Promise<void> {
  await provider.onApplicationShutdown();
  await server.stop();
}

describeProvider(
  'of OPENAI_COMPATIBLE',
  vendorHarness({
    start,
    stop,
    server: () => server,
    provider: () => provider,
    unready: () => ({
      provider: configured('groq=http://localhost/v1|GROQ_API_KEY', {}),
      missing: 'GROQ_API_KEY',
    }),
    modelName: MODEL,
  }),
);

describeRecordedAnswers('servers of OPENAI_COMPATIBLE', {
  start,
  stop,
  provider: () => provider,
  modelName: MODEL,
  replay: (file, packetBytes, alwaysStreams) => {
    const packets = packetBytes === null ? {} : { packetBytes };
    server.behaviour = { ...fixture(file), ...packets, asAsked: !alwaysStreams };
  },
});

describe.each(ASKING_WAYS)('a provider of OPENAI_COMPATIBLE, asked %s', (_way, onEvent) => {
  beforeAll(start);
  afterAll(stop);
  beforeEach(() => server.reset());

  const streamed = onEvent === undefined ? {} : { stream: true, stream_options: { include_usage: true } };
  const ask = askerOf(() => provider, MODEL, PROMPT, onEvent);

  it('is none when the variable is not set', () => {
    expect(compatibleProviders(undefined, [])).toEqual([]);
  });

  it('sends a chat completion with nothing that was not asked for', async () => {
    await ask();
    expect(server.lastRequest?.body).toEqual({
      model: MODEL,
      messages: [{ role: 'user', content: PROMPT }],
      ...streamed,
    });
    expect(server.lastRequest?.headers).toMatchObject({
      authorization: `Bearer ${KEY}`,
      'x-client-request-id': 'attempt-1',
    });
  });

  it('has a field for every param that can be configured, zeros included', async () => {
    const params = {
      max_new_tokens: 800,
      temperature: 0,
      top_p: 0.5,
      top_k: 40,
      repetition_penalty: 1.1,
      stop: ['END'],
      seed: 0,
    };
    const entry = {
      id: 'vllm',
      base_url: `${server.origin}/v1`,
      api_key_env: 'K',
      params: Object.keys(params),
    };
    const vllm = configured(JSON.stringify([entry]), { K: KEY });
    await askerOf(() => vllm, MODEL, PROMPT, onEvent)({ params });
    await vllm.onApplicationShutdown();
    expect([...vllm.supportedParams].sort()).toEqual(Object.keys(params).sort());
    const { max_new_tokens: max_tokens, ...others } = params;
    expect(server.lastRequest?.body).toMatchObject({ max_tokens, ...others });
  });

  it('does not ask for usage where that is not understood', async () => {
    const entry = { id: 'old', base_url: `${server.origin}/v1`, api_key_env: 'K', stream_usage: false };
    const old = configured(JSON.stringify([entry]), { K: KEY });
    await askerOf(() => old, MODEL, PROMPT, onEvent)();
    await old.onApplicationShutdown();
    expect(server.lastRequest?.body).not.toHaveProperty('stream_options');
  });

  it('sends no key to a server that asks for none', async () => {
    const open = await startCompatibleServer(null);
    const ollama = configured(`ollama=${open.origin}/v1`, {});
    expect(ollama.readiness()).toEqual({ ready: true });
    expect((await askerOf(() => ollama, 'llama3.2', PROMPT, onEvent)()).text).toBe(`You said: ${PROMPT}`);
    await ollama.onApplicationShutdown();
    await open.stop();
  });

  it('does not send it what OPENAI_CUSTOM_HEADERS has for another server', async () => {
    const before = process.env['OPENAI_CUSTOM_HEADERS'];
    // The SDK reads the real environment.
    process.env['OPENAI_CUSTOM_HEADERS'] = 'X-Gateway-Secret: s3cret\nAuthorization: Bearer other';
    const careful = configured(`groq=${server.origin}/v1|GROQ_API_KEY`, {
      ...process.env,
      GROQ_API_KEY: KEY,
    });
    try {
      await askerOf(() => careful, MODEL, PROMPT, onEvent)();
    } finally {
      if (before === undefined) delete process.env['OPENAI_CUSTOM_HEADERS'];
      else process.env['OPENAI_CUSTOM_HEADERS'] = before;
      await careful.onApplicationShutdown();
    }
    expect(server.lastRequest?.headers).not.toHaveProperty('x-gateway-secret');
    expect(server.lastRequest?.headers.authorization).toBe(`Bearer ${KEY}`);
  });

  it.each([
    ['mistral.stream.txt', 'Bonjour !', 'stop', [7, 3, null, null]],
    ['groq.stream.txt', 'Hello', 'stop', [38, 3, null, null]],
    ['deepseek-reasoner.stream.txt', '9.8 is larger.', 'stop', [80, 215, 64, 205]],
    ['together.stream.txt', 'Hi', 'length', [36, 1, 0, null]],
  ])('reads %s', async (file, text, finishReason, counts) => {
    server.behaviour = fixture(file);
    const [promptTokens, responseTokens, cachedPromptTokens, reasoningTokens] = counts;
    expect(await ask()).toMatchObject({
      text,
      finishReason,
      usage: { promptTokens, responseTokens, cachedPromptTokens, reasoningTokens },
    });
  });

  it.each([
    ['vllm-refusal.stream.txt', "I'm sorry, I can't help with that.", "I'm sorry, I can't help with that."],
    ['groq-content-filter.stream.txt', 'First you', null],
  ])('tells what was kept back in %s', async (file, text, refusal) => {
    server.behaviour = fixture(file);
    expect(await ask()).toMatchObject({ text, refusal, finishReason: 'content_filter' });
  });

  it.each([
    ['gemini-parallel-tool-calls.stream.txt', ['Paris', 'Bogotá'], ['function-call-1', 'function-call-2']],
    ['mistral-parallel-tool-calls.stream.txt', ['Paris', 'Bogotá'], ['D681PevKs', 'cR4n9wGZ1']],
    ['vllm-tool-call-ids.stream.txt', ['Paris'], ['chatcmpl-tool-1a']],
  ])('tells calls apart in %s', async (file, locations, ids) => {
    // Send the stream even if a whole answer is requested, because only pieces of calls are hard to tell apart.
    server.behaviour = { ...fixture(file), asAsked: false };
    const { toolCalls, finishReason } = await ask();
    const read = toolCalls.map((call) => (JSON.parse(call.arguments) as { location: string }).location);
    expect([read, toolCalls.map(({ id }) => id), finishReason]).toEqual([locations, ids, 'tool_calls']);
  });

  it.each([
    [
      'mistral-error-422.json',
      422,
      'provider_rejected',
      'The provider answered 422: Extra inputs are not permitted',
    ],
    ['groq-error-429.json', 429, 'rate_limited', 'Rate limit reached for model'],
    ['ollama-error-404.json', 404, 'provider_rejected', 'not found, try pulling it first'],
  ])('reads %s', async (file, status, kind, words) => {
    server.behaviour = { ...fixture(file), status };
    const error = await failureOf(ask());
    expect(error).toMatchObject({ kind, status });
    expect(error.message).toContain(words);
  });

  it('says no key when the server echoes it', async () => {
    server.behaviour = { kind: 'error', status: 401, message: `Wrong: ${KEY} is unknown` };
    expect((await failureOf(ask())).message).toBe('The provider answered 401: Wrong: [redacted] is unknown');
  });
});
