import { startGoogleServer } from '../../../../../test/fakes/vendors/google-server.js';
import { fixtureOf } from '../../../../../test/fakes/vendors/provider-fixtures.js';
import { vendorHarness } from '../../../../../test/fakes/vendors/vendor-harness.js';
import type { VendorServer } from '../../../../../test/fakes/vendors/vendor-server.js';
import { ASKING_WAYS } from '../../testkit/asking-ways.testkit.js';
import { describeProvider } from '../../testkit/describe-provider.testkit.js';
import { askerOf, failureOf } from '../../testkit/provider-asker.testkit.js';
import { describeRecordedAnswers } from '../../testkit/recorded-answers.testkit.js';
import { GoogleProvider } from './google.provider.js';

const KEY = 'AIzaSy0123456789-abcdefghijklmnopqrstu';
const PROMPT = 'canary-7f3a: the quarterly figures are not public yet';
const MODEL = 'gemini-3.5-flash';
const fixture = fixtureOf('google');

let server: VendorServer;
let provider: GoogleProvider;

const createProvider = (settings: Record<string, string>): GoogleProvider =>
  new GoogleProvider((name) => settings[name]);

async function start(): Promise<void> {
  server = await startGoogleServer(KEY);
  provider = createProvider({ GEMINI_API_KEY: KEY, GOOGLE_GEMINI_BASE_URL: server.origin });
}

async function stop(): Promise<void> {
  await provider.onApplicationShutdown();
  await server.stop();
}

describeProvider(
  'google',
  vendorHarness({
    start,
    stop,
    server: () => server,
    provider: () => provider,
    unready: () => ({ provider: createProvider({}), missing: 'GEMINI_API_KEY' }),
    modelName: MODEL,
  }),
);

describeRecordedAnswers('google', {
  start,
  stop,
  provider: () => provider,
  modelName: MODEL,
  replay: (file, packetBytes, alwaysStreams) => {
    const packets = packetBytes === null ? {} : { packetBytes };
    server.behaviour = { ...fixture(file), ...packets, asAsked: !alwaysStreams };
  },
});

describe.each(ASKING_WAYS)('GoogleProvider, asked %s', (_way, onEvent) => {
  beforeAll(start);
  afterAll(stop);
  beforeEach(() => server.reset());

  const ask = askerOf(() => provider, MODEL, PROMPT, onEvent);
  const lastBody = (): unknown => server.lastRequest?.body;

  describe('what it sends', () => {
    it('is one request with nothing that was not asked for', async () => {
      await ask();
      expect(lastBody()).toEqual({
        contents: [{ role: 'user', parts: [{ text: PROMPT }] }],
        generationConfig: {},
      });
      expect(server.requests).toHaveLength(1);
      expect(server.lastRequest).toMatchObject({
        path: `/v1beta/models/${MODEL}:${onEvent === undefined ? 'generateContent' : 'streamGenerateContent?alt=sse'}`,
        headers: { 'x-goog-api-key': KEY, 'x-client-request-id': 'attempt-1' },
      });
    });

    it('has a field for every param that it supports, zeros included', async () => {
      const params = {
        max_new_tokens: 800,
        temperature: 0,
        top_p: 0.5,
        top_k: 40,
        stop: ['\n', 'END'],
        seed: 0,
      };
      await ask({ params });
      expect(Object.keys(params).sort()).toEqual([...provider.supportedParams].sort());
      expect(lastBody()).toMatchObject({
        generationConfig: {
          maxOutputTokens: 800,
          temperature: 0,
          topP: 0.5,
          topK: 40,
          stopSequences: ['\n', 'END'],
          seed: 0,
        },
      });
    });

    it('has all system messages as the instruction, and the assistant as the model', async () => {
      await ask({
        messages: [
          { role: 'system', content: 'Be brief.' },
          { role: 'user', content: 'Hello' },
          { role: 'assistant', content: 'Hi.' },
          { role: 'system', content: 'Now in French.' },
          { role: 'user', content: 'Well?' },
        ],
      });
      expect(lastBody()).toMatchObject({
        systemInstruction: { parts: [{ text: 'Be brief.' }, { text: 'Now in French.' }] },
        contents: [
          { role: 'user', parts: [{ text: 'Hello' }] },
          { role: 'model', parts: [{ text: 'Hi.' }] },
          { role: 'user', parts: [{ text: 'Well?' }] },
        ],
      });
    });

    it.each([
      ['a chat of nothing but system messages', 'contents are required', {}],
      ['a name that would lead elsewhere', 'invalid model parameter', { modelName: '../x' }],
    ])('is not %s', async (_what, reason, question) => {
      const error = await failureOf(
        ask({ messages: [{ role: 'system', content: 'Be brief.' }], ...question }),
      );
      expect(error).toMatchObject({ kind: 'provider_rejected', status: null });
      expect(error.message).toBe(`The request could not be sent: ${reason}.`);
      expect(server.requests).toEqual([]);
    });
  });

  it('takes the key under either name, and the one that Google takes first if there are two', async () => {
    const settings = { GOOGLE_GEMINI_BASE_URL: server.origin, GEMINI_API_KEY: 'another' };
    const other = createProvider({ ...settings, GOOGLE_API_KEY: KEY });
    expect(other.readiness()).toEqual({ ready: true });
    expect((await askerOf(() => other, MODEL, PROMPT, onEvent)()).text).toBe(`You said: ${PROMPT}`);
    await other.onApplicationShutdown();
  });

  it('brings usage, request id and the exact model', async () => {
    server.behaviour = fixture('thoughts-and-cache.stream.txt');
    expect(await ask()).toMatchObject({
      text: 'The answer is 21.',
      finishReason: 'stop',
      servedModelName: 'gemini-3.5-flash',
      providerRequestId: '_WksaP-kLMSTvdIP0Y3a4AE',
      usage: {
        promptTokens: 2064,
        responseTokens: 5 + 41,
        cachedPromptTokens: 2048,
        reasoningTokens: 41,
        raw: { candidatesTokenCount: 5, serviceTier: 'standard', finishReason: 'STOP' },
      },
    });
  });

  it.each([
    ['answer.stream.txt', 'Hello! How can I help you today?', 'stop', 8, 9],
    ['max-tokens.stream.txt', 'Once upon', 'length', 8, 2],
    ['max-tokens-in-thoughts.stream.txt', '', 'length', 8, 100],
    ['safety.stream.txt', 'First you', 'content_filter', 8, 2],
    ['recitation.stream.txt', 'It was the best', 'content_filter', 8, 4],
    ['prompt-blocked.stream.txt', '', 'content_filter', 8, null],
    ['empty.stream.txt', '', 'stop', 8, null],
    ['no-usage.stream.txt', 'Bonjour 👋', 'stop', null, null],
  ])('reads %s', async (file, text, finishReason, promptTokens, responseTokens) => {
    server.behaviour = fixture(file);
    expect(await ask()).toMatchObject({ text, finishReason, usage: { promptTokens, responseTokens } });
  });

  it('keeps why a prompt was blocked', async () => {
    server.behaviour = fixture('prompt-blocked.stream.txt');
    expect((await ask()).usage.raw).toMatchObject({ blockReason: 'PROHIBITED_CONTENT' });
  });

  it.each([
    ['error-400-api-key.json', 400, 'provider_rejected', 'API key not valid'],
    ['error-400-too-long.json', 400, 'provider_rejected', 'exceeds the maximum number of tokens'],
    ['error-400-in-list.json', 400, 'provider_rejected', 'alternate between user and model'],
    ['error-403-permission.json', 403, 'provider_rejected', 'unregistered callers'],
    ['error-404-model.json', 404, 'provider_rejected', 'models/gemini-9 is not found'],
    ['error-429-quota.json', 429, 'rate_limited', 'exceeded your current quota'],
    ['error-500-internal.json', 500, 'provider_error', 'An internal error has occurred'],
    ['error-503-overloaded.json', 503, 'provider_error', 'The model is overloaded'],
    ['error-504-deadline.json', 504, 'provider_error', 'The request timed out'],
    ['gateway-error-502.txt', 502, 'provider_error', 'The provider answered 502: 502 Bad Gateway'],
  ])('reads %s', async (file, status, kind, words) => {
    server.behaviour = { ...fixture(file), status };
    const error = await failureOf(ask());
    expect(error).toMatchObject({ kind, status });
    expect(error.message).toContain(words);
    expect(error.message).not.toContain('<html>');
  });

  it('waits as long as Google says in the body', async () => {
    server.behaviour = { ...fixture('error-429-quota.json'), status: 429 };
    expect(await failureOf(ask())).toMatchObject({ retryAfterMs: 37_500 });
  });

  it('reads an error in the place of an event', async () => {
    server.behaviour = fixture('unavailable-in-stream.txt');
    const error = await failureOf(ask());
    expect(error).toMatchObject({
      kind: 'provider_error',
      status: 503,
      providerRequestId: '_WksaP-kLMSTvdIP0Y3a4AE',
    });
    expect(error.message).toContain('The model is overloaded');
  });

  it.each([
    ['provider_error', 'a page', '<html>'],
    ['provider_error', 'nothing', ''],
    ['provider_error', 'an event that is no object', 'data: 1\n\n'],
    ['provider_error', 'candidates that are none', 'data: {"candidates":[7]}\n\n'],
    [
      'connection',
      'an answer without end',
      'data: {"candidates":[{"content":{"parts":[{"text":"Hi"}]}}]}\n\n',
    ],
  ])('is a %s when it gets %s', async (kind, _what, body) => {
    server.behaviour = { kind: 'raw', body };
    expect(await failureOf(ask())).toMatchObject({ name: 'ProviderError', kind });
  });

  it('says neither key nor prompt when the vendor echoes them', async () => {
    server.behaviour = { kind: 'error', status: 400, message: `Bad content '${PROMPT.slice(3, 40)}'` };
    const quoting = await failureOf(ask());
    server.behaviour = { kind: 'error', status: 401, message: `Wrong: ${KEY} is unknown` };
    const echoing = await failureOf(ask());
    expect(quoting.message).toBe('The provider answered 400: INVALID_ARGUMENT');
    expect(echoing.message).toBe('The provider answered 401: Wrong: [redacted] is unknown');
  });

  it('refuses to start on an address that is none', () => {
    expect(() => createProvider({ GOOGLE_GEMINI_BASE_URL: 'ftp://google' })).toThrow(
      'Set GOOGLE_GEMINI_BASE_URL to an http or https address such as https://generativelanguage.googleapis.com.',
    );
  });
});
