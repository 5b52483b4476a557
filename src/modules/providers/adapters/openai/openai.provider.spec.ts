import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OpenAiServer, type Behaviour } from '../../../../../test/fakes/vendors/openai-server.js';
import { complete, type Completion, type CompletionLimits } from '../../calls/complete.js';
import { ASKING_WAYS } from '../../testkit/asking-ways.testkit.js';
import { describeProvider } from '../../testkit/describe-provider.testkit.js';
import type { ProviderError, ProviderParams } from '../../provider.contract.js';
import { OpenAiProvider } from './openai.provider.js';

const KEY = 'sk-test-0123456789abcdefghij';
const PROMPT = 'canary-7f3a: the quarterly figures are not public yet';
const MODEL = 'gpt-4o-mini';
const LIMITS: CompletionLimits = { deadlineMs: 20_000, idleTimeoutMs: null, maxResponseBytes: 512_000 };
const FIXTURES = join(__dirname, '../../../../../test/fixtures/providers/openai');

let server: OpenAiServer;
let provider: OpenAiProvider;

const createProvider = (settings: Record<string, string>): OpenAiProvider =>
  new OpenAiProvider((name) => settings[name]);

async function start(): Promise<void> {
  server = await OpenAiServer.start({ apiKey: KEY });
  provider = createProvider({ OPENAI_API_KEY: KEY, OPENAI_BASE_URL: server.baseUrl });
}

async function stop(): Promise<void> {
  await provider.onApplicationShutdown();
  await server.stop();
}

function told(behaviour: Behaviour): string {
  server.behave(behaviour);
  return MODEL;
}

describeProvider('openai', {
  start,
  stop,
  provider: () => provider,
  unready: () => ({ provider: createProvider({}), missing: 'OPENAI_API_KEY' }),
  scenarios: {
    answers: () => told({ kind: 'answer' }),
    status: (status, headers) => told({ kind: 'error', status, headers }),
    hangsAtStart: () => told({ kind: 'hang', at: 'start' }),
    wire: {
      hangsInBody: () => told({ kind: 'hang', at: 'body' }),
      cutsAtStart: () => told({ kind: 'cut', at: 'start' }),
      cutsInBody: () => told({ kind: 'cut', at: 'body' }),
      garbage: () => told({ kind: 'raw', body: 'data: {"garbage\n\ndata: more garbage\n\n' }),
      packets: (packetBytes) => told({ kind: 'answer', packetBytes }),
      abandoned: () => until(() => server.requests.at(-1)?.outcome === 'abandoned'),
    },
  },
  expectedAnswer: ([message]) => `You said: ${message?.content ?? ''}`,
  sentAttemptIds: () => server.requests.map(({ attemptId }) => attemptId ?? ''),
});

describe.each(ASKING_WAYS)('OpenAiProvider, asked %s', (_way, onEvent) => {
  beforeAll(start);
  afterAll(stop);
  beforeEach(() => server.reset());

  const streamed = onEvent === undefined ? {} : { stream: true, stream_options: { include_usage: true } };
  const ask = (
    changes: { modelName?: string; params?: ProviderParams; limits?: Partial<CompletionLimits> } = {},
    using = provider,
  ): Promise<Completion> =>
    complete(
      using,
      {
        modelName: changes.modelName ?? MODEL,
        messages: [{ role: 'user', content: PROMPT }],
        params: changes.params ?? {},
        attemptId: 'attempt-1',
      },
      { ...LIMITS, ...changes.limits },
      onEvent,
    );
  const failure = async (using = provider): Promise<ProviderError> =>
    (await ask({}, using).then(
      () => Promise.reject(new Error('the call succeeded')),
      (error: unknown) => error,
    )) as ProviderError;
  const lastBody = (): unknown => server.requests.at(-1)?.body;

  describe('what it sends', () => {
    it('is a chat completion with nothing that was not asked for', async () => {
      await ask();
      expect(lastBody()).toEqual({
        model: MODEL,
        messages: [{ role: 'user', content: PROMPT }],
        ...streamed,
      });
      expect(server.requests[0]).toMatchObject({ path: '/v1/chat/completions', attemptId: 'attempt-1' });
    });

    it('has a field for every param that it supports, zeros included', async () => {
      const params = { max_new_tokens: 800, temperature: 0, top_p: 0.5, stop: ['\n', 'END'], seed: 0 };
      await ask({ params });
      expect(Object.keys(params).sort()).toEqual([...provider.supportedParams].sort());
      expect(lastBody()).toMatchObject({
        max_tokens: 800,
        temperature: 0,
        top_p: 0.5,
        stop: ['\n', 'END'],
        seed: 0,
      });
    });

    it.each(['o3-mini', 'o1', 'gpt-5-mini'])(
      'calls the limit max_completion_tokens for %s',
      async (modelName) => {
        await ask({ modelName, params: { max_new_tokens: 9 } });
        expect(lastBody()).toMatchObject({ max_completion_tokens: 9 });
        expect(lastBody()).not.toHaveProperty('max_tokens');
      },
    );

    it('comes over connections that are kept', async () => {
      for (let call = 0; call < 10; call += 1) await ask();
      // The pool may open a second connection when the next call comes before it has noticed that the first is free.
      expect(new Set(server.requests.map(({ connection }) => connection)).size).toBeLessThan(3);
    });
  });

  it('brings usage, request id and the exact model', async () => {
    server.behave(fixture('openai.stream.txt'));
    expect(await ask()).toMatchObject({
      text: 'Hello! How can I help you today?',
      finishReason: 'stop',
      servedModelName: 'gpt-4o-mini-2024-07-18',
      providerRequestId: server.requests[0]?.requestId,
      usage: {
        promptTokens: 19,
        responseTokens: 10,
        cachedPromptTokens: 0,
        reasoningTokens: 0,
        raw: { prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 } },
      },
    });
  });

  it.each([
    ['openai-length.stream.txt', 'Once upon', 'length', 19, 2],
    ['azure-content-filter.stream.txt', 'I am', 'content_filter', null, null],
    ['ollama-no-usage.stream.txt', 'Hello there', 'stop', null, null],
    ['openai-refusal.stream.txt', "I'm sorry, I can't help with that.", 'content_filter', 81, 11],
    ['vllm.stream.txt', 'Bonjour 👋', 'stop', 12, 3],
    ['openai.completion.json', 'Hello! How can I assist you today?', 'stop', 19, 10],
  ])('reads %s', async (file, text, finishReason, promptTokens, responseTokens) => {
    server.behave(fixture(file));
    expect(await ask()).toMatchObject({ text, finishReason, usage: { promptTokens, responseTokens } });
  });

  it.each([
    ['error-400-context-length.json', 400, 'provider_rejected', 'maximum context length is 16385 tokens'],
    ['error-401-invalid-key.json', 401, 'provider_rejected', 'Incorrect API key provided'],
    ['error-404-model.json', 404, 'provider_rejected', 'The model `gpt-9` does not exist'],
    ['error-429-rate-limit.json', 429, 'rate_limited', 'tokens per min'],
    ['error-429-quota.json', 429, 'rate_limited', 'exceeded your current quota'],
    ['error-500-server.json', 500, 'provider_error', 'The server had an error'],
    ['error-503-overloaded.json', 503, 'provider_error', 'currently overloaded'],
    ['vllm-error-400.json', 400, 'provider_rejected', 'Extra inputs are not permitted'],
    ['lm-studio-error-404.json', 404, 'provider_rejected', 'Unexpected endpoint or method'],
    ['gateway-error-502.txt', 502, 'provider_error', 'The provider answered 502: 502 Bad Gateway'],
  ])('reads %s', async (file, status, kind, words) => {
    server.behave({ ...fixture(file), status });
    const error = await failure();
    expect(error).toMatchObject({ kind, status, providerRequestId: server.requests[0]?.requestId });
    expect(error.message).toContain(words);
    expect(error.message).not.toMatch(/sk-|org-|Ab3d|<html>/);
  });

  it.each([
    ['openai-error-in-stream.txt', 'The server had an error'],
    ['vllm-error-in-stream.txt', 'EngineCore encountered an issue'],
  ])('reads %s', async (file, words) => {
    server.behave(fixture(file));
    const error = await failure();
    expect(error).toMatchObject({ kind: 'provider_error', status: 500 });
    expect(error.message).toContain(words);
  });

  it.each<[string, Behaviour]>([
    ['one JSON document though a stream was asked for', { kind: 'answer', asJson: true }],
    ['a break after the end mark', { kind: 'cut', at: 'end' }],
  ])('takes %s', async (_what, behaviour) => {
    server.behave(behaviour);
    expect((await ask()).text).toBe(`You said: ${PROMPT}`);
  });

  it.each<[string, string, Behaviour]>([
    ['provider_error', 'a page', { kind: 'raw', headers: { 'content-type': 'text/html' }, body: '<html>' }],
    ['provider_error', 'nothing', { kind: 'raw', body: '' }],
    ['provider_error', 'half a JSON document', json('{"choices": [{"mess')],
    ['provider_error', 'another JSON document', json('[1, 2]')],
    ['provider_error', 'JSON null', json('null')],
    [
      'connection',
      'an answer without end',
      { kind: 'raw', body: 'data: {"choices":[{"delta":{"content":"Hi"}}]}\n\n' },
    ],
  ])('is a %s when it gets %s', async (kind, _what, behaviour) => {
    server.behave(behaviour);
    expect(await failure()).toMatchObject({ name: 'ProviderError', kind });
  });

  it('stops at an event without end before the memory is full', async () => {
    server.behave({ kind: 'raw', body: `data: ${'x'.repeat(5 * 1024 * 1024)}` });
    expect(await failure()).toMatchObject({ kind: 'provider_error' });
  });

  it('keeps the beginning of a huge answer, and knows its size', async () => {
    server.behave({ kind: 'answer', pieces: Array.from({ length: 200 }, () => 'é'.repeat(1000)) });
    expect(await ask({ limits: { maxResponseBytes: 100_001 } })).toMatchObject({
      text: 'é'.repeat(50_000),
      truncated: true,
      totalBytes: 400_000,
    });
  });

  it('cannot be waited for longer than the deadline by drops of an answer', async () => {
    const pieces = Array.from({ length: 1000 }, () => 'drop ');
    server.behave({ kind: 'answer', pieces, pieceDelayMs: 10 });
    await expect(ask({ limits: { deadlineMs: 100, idleTimeoutMs: 5_000 } })).rejects.toMatchObject({
      kind: 'timeout',
    });
  });

  it('tells that nobody listens at the address', async () => {
    const closed = await OpenAiServer.start();
    const deaf = createProvider({ OPENAI_API_KEY: KEY, OPENAI_BASE_URL: closed.baseUrl });
    await closed.stop();
    const error = await failure(deaf);
    expect(error).toMatchObject({ kind: 'connection', status: null });
    expect(error.message).toContain('ECONNREFUSED');
  });

  it('says neither key nor prompt when the vendor echoes them', async () => {
    const message = `Bad key ${KEY}. Invalid content: '${PROMPT.slice(3, 40)}'`;
    server.behave({ kind: 'error', status: 400, message, code: 'bad_things' });
    const quoting = await failure();
    server.behave({ kind: 'error', status: 401, message: `Wrong: ${KEY} is unknown` });
    const echoing = await failure();
    expect(quoting.message).toBe('The provider answered 400: bad_things');
    expect(echoing.message).toBe('The provider answered 401: Wrong: [redacted] is unknown');
  });

  it('is refused with a wrong key, whose ends are not shown', async () => {
    const wrong = createProvider({ OPENAI_API_KEY: 'sk-wrongwrong-9876', OPENAI_BASE_URL: server.baseUrl });
    const error = await failure(wrong);
    expect(error).toMatchObject({ kind: 'provider_rejected', status: 401 });
    expect(error.message).not.toMatch(/sk-wrong|9876/);
  });

  it('refuses to start on an address that is none', () => {
    expect(() => createProvider({ OPENAI_BASE_URL: 'localhost:11434' })).toThrow(
      'Set OPENAI_BASE_URL to an http or https address such as http://localhost:11434/v1.',
    );
  });
});

function fixture(file: string): Extract<Behaviour, { kind: 'raw' }> {
  const contentType = file.endsWith('.json') ? 'application/json' : 'text/event-stream';
  const body = readFileSync(join(FIXTURES, file), 'utf8');
  return {
    kind: 'raw',
    headers: { 'content-type': contentType },
    body,
    asAsked: file.endsWith('.stream.txt'),
  };
}

function json(body: string): Behaviour {
  return { kind: 'raw', headers: { 'content-type': 'application/json' }, body };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}
