import { startAzureServer } from '../../../../../test/fakes/vendors/openai-like-servers.js';
import { fixtureOf } from '../../../../../test/fakes/vendors/provider-fixtures.js';
import { vendorHarness } from '../../../../../test/fakes/vendors/vendor-harness.js';
import type { VendorServer } from '../../../../../test/fakes/vendors/vendor-server.js';
import { ASKING_WAYS } from '../../testkit/asking-ways.testkit.js';
import { describeProvider } from '../../testkit/describe-provider.testkit.js';
import { askerOf, failureOf } from '../../testkit/provider-asker.testkit.js';
import { describeRecordedAnswers } from '../../testkit/recorded-answers.testkit.js';
import { AzureOpenAiProvider, DEFAULT_API_VERSION } from './azure-openai.provider.js';

const KEY = '0123456789abcdef0123456789abcdef';
const PROMPT = 'canary-7f3a: the quarterly figures are not public yet';
const DEPLOYMENT = 'prod-chat';
const fixture = fixtureOf('azure-openai');

let server: VendorServer;
let provider: AzureOpenAiProvider;

const createProvider = (settings: Record<string, string>): AzureOpenAiProvider =>
  new AzureOpenAiProvider((name) => settings[name]);

async function start(): Promise<void> {
  server = await startAzureServer(KEY);
  provider = createProvider({ AZURE_OPENAI_API_KEY: KEY, AZURE_OPENAI_ENDPOINT: `${server.origin}/` });
}

async function stop(): Promise<void> {
  await provider.onApplicationShutdown();
  await server.stop();
}

describeProvider(
  'azure-openai',
  vendorHarness({
    start,
    stop,
    server: () => server,
    provider: () => provider,
    unready: () => ({ provider: createProvider({}), missing: 'AZURE_OPENAI_API_KEY' }),
    modelName: DEPLOYMENT,
  }),
);

describeRecordedAnswers('azure-openai', {
  start,
  stop,
  provider: () => provider,
  modelName: DEPLOYMENT,
  replay: (file, packetBytes, alwaysStreams) => {
    const packets = packetBytes === null ? {} : { packetBytes };
    server.behaviour = { ...fixture(file), ...packets, asAsked: !alwaysStreams };
  },
});

describe.each(ASKING_WAYS)('AzureOpenAiProvider, asked %s', (_way, onEvent) => {
  beforeAll(start);
  afterAll(stop);
  beforeEach(() => server.reset());

  const streamed = onEvent === undefined ? {} : { stream: true, stream_options: { include_usage: true } };
  const ask = askerOf(() => provider, DEPLOYMENT, PROMPT, onEvent);
  const lastBody = (): unknown => server.lastRequest?.body;

  it('wants an address too', () => {
    const half = createProvider({ AZURE_OPENAI_API_KEY: KEY });
    expect(half.readiness()).toEqual({ ready: false, missing: 'AZURE_OPENAI_ENDPOINT' });
  });

  it('sends a chat completion to the deployment, with nothing that was not asked for', async () => {
    await ask();
    expect(lastBody()).toEqual({
      model: DEPLOYMENT,
      messages: [{ role: 'user', content: PROMPT }],
      ...streamed,
    });
    expect(server.lastRequest).toMatchObject({
      path: `/openai/deployments/${DEPLOYMENT}/chat/completions?api-version=${DEFAULT_API_VERSION}`,
      headers: { 'api-key': KEY, 'x-ms-client-request-id': 'attempt-1' },
    });
    expect(server.lastRequest?.headers).not.toHaveProperty('authorization');
  });

  it('has a field for every param that it supports, zeros included', async () => {
    const params = { max_new_tokens: 800, temperature: 0, top_p: 0.5, stop: ['\n', 'END'], seed: 0 };
    await ask({ params });
    expect(Object.keys(params).sort()).toEqual([...provider.supportedParams].sort());
    const { max_new_tokens: max_tokens, ...others } = params;
    expect(lastBody()).toMatchObject({ max_tokens, ...others });
  });

  it.each(['gpt-5-mini', 'o3', 'team-a-o4-mini', 'prod_GPT-5.4', 'my-gpt5', 'gpt-6', 'o3-mini-ft-support'])(
    'calls the limit max_completion_tokens for the deployment %s',
    async (modelName) => {
      await ask({ modelName, params: { max_new_tokens: 9 } });
      expect(lastBody()).toMatchObject({ max_completion_tokens: 9 });
      expect(lastBody()).not.toHaveProperty('max_tokens');
    },
  );

  it.each(['gpt-4o', 'turbo3', 'foo1', 'gpt-35-turbo', 'gpt-45-preview'])(
    'calls the limit max_tokens for the deployment %s',
    async (modelName) => {
      await ask({ modelName, params: { max_new_tokens: 9 } });
      expect(lastBody()).toMatchObject({ max_tokens: 9 });
    },
  );

  it('asks for the version of the API that is set', async () => {
    const settings = { AZURE_OPENAI_API_KEY: KEY, AZURE_OPENAI_ENDPOINT: server.origin };
    const preview = createProvider({ ...settings, AZURE_OPENAI_API_VERSION: '2025-04-01-preview' });
    await askerOf(() => preview, DEPLOYMENT, PROMPT, onEvent)();
    await preview.onApplicationShutdown();
    expect(server.lastRequest?.path).toContain('api-version=2025-04-01-preview');
  });

  it('leaves no way out of its path to the name of a deployment', async () => {
    await ask({ modelName: 'x/../../secrets?a=b' });
    expect(server.lastRequest?.path).toMatch(/^\/openai\/deployments\/[^/]+\/chat\/completions\?/);
  });

  it('brings usage, request id and the exact model', async () => {
    server.behaviour = fixture('answer.stream.txt');
    expect(await ask()).toMatchObject({
      text: 'Hello 👋',
      finishReason: 'stop',
      servedModelName: 'gpt-4o-2024-11-20',
      providerRequestId: 'req_1',
      usage: { promptTokens: 1219, responseTokens: 10, cachedPromptTokens: 1152, reasoningTokens: 4 },
    });
  });

  it('tells an answer that was filtered', async () => {
    server.behaviour = fixture('content-filter.stream.txt');
    expect(await ask()).toMatchObject({ text: 'First you', finishReason: 'content_filter', refusal: null });
  });

  it('tells a refusal, which has a field of its own', async () => {
    server.behaviour = fixture('refusal.stream.txt');
    const text = "I'm sorry, I can't help with that.";
    expect(await ask()).toMatchObject({ text, refusal: text, finishReason: 'content_filter' });
  });

  it.each([
    ['error-400-prompt-filtered.json', 400, 'provider_rejected', 'content management policy'],
    ['error-400-max-tokens.json', 400, 'provider_rejected', "Use 'max_completion_tokens' instead"],
    ['error-401-key.json', 401, 'provider_rejected', 'invalid subscription key'],
    ['error-404-deployment.json', 404, 'provider_rejected', 'deployment for this resource does not exist'],
    ['error-429-rate-limit.json', 429, 'rate_limited', 'exceeded token rate limit'],
    ['error-500-server.json', 500, 'provider_error', 'Backend returned unexpected response'],
  ])('reads %s', async (file, status, kind, words) => {
    server.behaviour = { ...fixture(file), status };
    const error = await failureOf(ask());
    expect(error).toMatchObject({ kind, status, providerRequestId: 'req_1' });
    expect(error.message).toContain(words);
  });

  it('says neither key nor prompt when the vendor echoes them', async () => {
    server.behaviour = { kind: 'error', status: 401, message: `Wrong: ${KEY} is unknown` };
    const echoing = await failureOf(ask());
    server.behaviour = { kind: 'error', status: 400, message: `Bad content '${PROMPT.slice(3, 40)}'` };
    const quoting = await failureOf(ask());
    expect(echoing.message).toBe('The provider answered 401: Wrong: [redacted] is unknown');
    expect(quoting.message).toBe('The provider answered 400: 400');
  });

  it('refuses to start on an address that is none', () => {
    expect(() => createProvider({ AZURE_OPENAI_ENDPOINT: 'example.openai.azure.com' })).toThrow(
      'Set AZURE_OPENAI_ENDPOINT to an http or https address such as https://example.openai.azure.com.',
    );
  });
});
