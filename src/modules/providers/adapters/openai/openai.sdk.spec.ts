import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AzureOpenAI, OpenAI } from 'openai';
import type { ChatCompletion, ChatCompletionCreateParams } from 'openai/resources/chat/completions';
import { eventData, toChatCompletion } from '../../../../../test/fakes/vendors/whole-answers.js';
import { complete } from '../../calls/complete.js';
import { AzureOpenAiProvider, DEFAULT_API_VERSION } from '../azure-openai/azure-openai.provider.js';
import { compatibleProviders } from '../openai-compatible/openai-compatible.js';
import { OpenAiProvider } from './openai.provider.js';
import { toChatBody } from './openai.request.js';
import {
  ATTEMPT_ID,
  BOTH_WAYS,
  callOf,
  RecordingServer,
  requestOf,
  type Question,
} from '../testkit/sdk-difference.testkit.js';

const KEY = 'sk-test-0123456789abcdefghij';
const FIXTURES = join(__dirname, '../../../../../test/fixtures/providers/openai');
const OPTIONS = {
  maxRetries: 0,
  organization: null,
  project: null,
  adminAPIKey: null,
  logLevel: 'off',
} as const;
const CUSTOM_HEADERS =
  'X-Gateway: eu\nAccept: application/json; v=1\nContent-Type: text/plain\nX-Client-Request-Id: mine';

let server: RecordingServer;

beforeAll(async () => {
  server = await RecordingServer.start();
});
afterAll(() => server.stop());

type Provider = ConstructorParameters<typeof OpenAiProvider>[0];
const envOf =
  (settings: Readonly<Record<string, string>>): Provider =>
  (name) =>
    settings[name];

/** Passes our own body to the package. */
function bodyOf(question: Question, modelName: string, isStreamed: boolean): ChatCompletionCreateParams {
  const dialect = { limitName: 'max_tokens', asksForUsage: true, isStreamed, vendorParams: [] } as const;
  return toChatBody(requestOf(question, modelName), dialect);
}

async function theirs(
  client: OpenAI,
  question: Question,
  modelName: string,
  isStreamed: boolean,
  idHeader: string,
) {
  const body = bodyOf(question, modelName, isStreamed);
  return server.recorded(() => client.chat.completions.create(body, { headers: { [idHeader]: ATTEMPT_ID } }));
}

describe('a request of openai', () => {
  it.each(BOTH_WAYS)(
    'for %s, %s, is what OpenAI’s package sends',
    async (_what, _way, question, isStreamed) => {
      const baseURL = `${server.origin}/some/v1/`;
      const client = new OpenAI({ ...OPTIONS, apiKey: KEY, baseURL });
      const provider = new OpenAiProvider(envOf({ OPENAI_API_KEY: KEY, OPENAI_BASE_URL: baseURL }));
      const request = requestOf(question, 'gpt-4o-mini');
      const sent = await server.recorded(() => callOf(provider, request, isStreamed));
      await provider.onApplicationShutdown();
      expect(sent).toEqual(await theirs(client, question, 'gpt-4o-mini', isStreamed, 'X-Client-Request-Id'));
    },
  );

  it('has the headers of OPENAI_CUSTOM_HEADERS where the package has them', async () => {
    const [[, , question]] = BOTH_WAYS as [(typeof BOTH_WAYS)[number]];
    const before = process.env['OPENAI_CUSTOM_HEADERS'];
    process.env['OPENAI_CUSTOM_HEADERS'] = CUSTOM_HEADERS;
    const client = new OpenAI({ ...OPTIONS, apiKey: KEY, baseURL: `${server.origin}/v1` });
    if (before === undefined) delete process.env['OPENAI_CUSTOM_HEADERS'];
    else process.env['OPENAI_CUSTOM_HEADERS'] = before;
    const settings = {
      OPENAI_API_KEY: KEY,
      OPENAI_BASE_URL: `${server.origin}/v1`,
      OPENAI_CUSTOM_HEADERS: CUSTOM_HEADERS,
    };
    const provider = new OpenAiProvider(envOf(settings));
    const sent = await server.recorded(() => callOf(provider, requestOf(question, 'gpt-4o-mini'), false));
    await provider.onApplicationShutdown();
    expect(sent.headers).toMatchObject({ 'x-gateway': 'eu', 'content-type': 'application/json' });
    expect(sent).toEqual(await theirs(client, question, 'gpt-4o-mini', false, 'X-Client-Request-Id'));
  });
});

describe('a request of azure-openai', () => {
  it.each(BOTH_WAYS)(
    'for %s, %s, is what OpenAI’s package sends',
    async (_what, _way, question, isStreamed) => {
      const client = new AzureOpenAI({
        ...OPTIONS,
        apiKey: KEY,
        apiVersion: DEFAULT_API_VERSION,
        baseURL: `${server.origin}/openai`,
      });
      const settings = { AZURE_OPENAI_API_KEY: KEY, AZURE_OPENAI_ENDPOINT: `${server.origin}/` };
      const provider = new AzureOpenAiProvider(envOf(settings));
      const sent = await server.recorded(() => callOf(provider, requestOf(question, 'chat/ü'), isStreamed));
      await provider.onApplicationShutdown();
      // The package puts the name into the path without encoding it.
      const name = encodeURIComponent('chat/ü');
      expect(sent).toEqual(await theirs(client, question, name, isStreamed, 'x-ms-client-request-id'));
    },
  );
});

describe('a request of a server that speaks like OpenAI', () => {
  it.each(BOTH_WAYS)(
    'for %s, %s, is what OpenAI’s package sends',
    async (_what, _way, question, isStreamed) => {
      const baseURL = `${server.origin}/v1`;
      const client = new OpenAI({
        ...OPTIONS,
        apiKey: 'none',
        baseURL,
        defaultHeaders: { Authorization: null },
      });
      const [Configured] = compatibleProviders(`ollama=${baseURL}`, []);
      const provider = new (Configured as NonNullable<typeof Configured>)(() => undefined);
      const sent = await server.recorded(() => callOf(provider, requestOf(question, 'llama3.2'), isStreamed));
      await (provider as unknown as OpenAiProvider).onApplicationShutdown();
      expect(sent.headers).not.toHaveProperty('authorization');
      expect(sent).toEqual(await theirs(client, question, 'llama3.2', isStreamed, 'X-Client-Request-Id'));
    },
  );
});

describe('an answer of OpenAI', () => {
  const files = readdirSync(FIXTURES).filter((name) => name.endsWith('.stream.txt'));

  it.each(files)('in %s is read as OpenAI’s package reads it', async (file) => {
    const client = new OpenAI({ ...OPTIONS, apiKey: KEY, baseURL: `${server.origin}/v1` });
    const provider = new OpenAiProvider(
      envOf({ OPENAI_API_KEY: KEY, OPENAI_BASE_URL: `${server.origin}/v1` }),
    );
    const document = toChatCompletion(eventData(readFileSync(join(FIXTURES, file), 'utf8')));
    server.answer = { contentType: 'application/json', body: JSON.stringify(document) };
    const [theirs, ours] = await Promise.all([
      client.chat.completions.create({ model: 'm', messages: [{ role: 'user', content: 'Hi' }] }),
      complete(
        provider,
        { modelName: 'm', messages: [{ role: 'user', content: 'Hi' }], params: {}, attemptId: ATTEMPT_ID },
        { deadlineMs: 20_000, idleTimeoutMs: null, maxResponseBytes: 100_000 },
      ),
    ]);
    await provider.onApplicationShutdown();
    expect({
      text: ours.text,
      model: ours.servedModelName,
      usage: ours.usage.raw,
      calls: ours.toolCalls,
      counts: [ours.usage.promptTokens, ours.usage.responseTokens],
    }).toEqual(readingOf(theirs));
  });
});

function readingOf({ choices, model, usage }: ChatCompletion): object {
  const message = choices[0]?.message;
  const calls = message?.tool_calls ?? [];
  return {
    text: message?.content ?? message?.refusal ?? '',
    model,
    usage: usage ?? null,
    calls: calls.map((call) => ({ id: call.id, ...(call.type === 'function' ? call.function : {}) })),
    counts: [usage?.prompt_tokens ?? null, usage?.completion_tokens ?? null],
  };
}
