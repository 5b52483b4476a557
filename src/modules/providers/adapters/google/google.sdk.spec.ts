import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Content,
  FunctionCallingConfigMode,
  type GenerateContentConfig,
  type GenerateContentResponse,
  GoogleGenAI,
  type Part,
} from '@google/genai';
import { eventData, toGeneratedContent } from '../../../../../test/fakes/vendors/whole-answers.js';
import type { ProviderMessage, ProviderRequest } from '../../provider.contract.js';
import { GoogleProvider } from './google.provider.js';
import {
  allOf,
  ATTEMPT_ID,
  BOTH_WAYS,
  callOf,
  RecordingServer,
  requestOf,
} from '../testkit/sdk-difference.testkit.js';

const KEY = 'AIzaSy0123456789-abcdefghijklmnopqrstu';
const MODEL = 'gemini-2.5-flash';
const FIXTURES = join(__dirname, '../../../../../test/fixtures/providers/google');

let server: RecordingServer;
let client: GoogleGenAI;
let provider: GoogleProvider;

beforeAll(async () => {
  server = await RecordingServer.start();
  const httpOptions = { baseUrl: server.origin };
  client = new GoogleGenAI({ apiKey: KEY, vertexai: false, apiVersion: 'v1beta', httpOptions });
  const settings: Record<string, string> = { GEMINI_API_KEY: KEY, GOOGLE_GEMINI_BASE_URL: server.origin };
  provider = new GoogleProvider((name) => settings[name]);
});
afterAll(async () => {
  await provider.onApplicationShutdown();
  await server.stop();
});

/** Translates the request to the package's config, from which it builds the body. */
function configOf({
  messages,
  params,
  tools = [],
  toolChoice,
  responseFormat,
}: ProviderRequest): GenerateContentConfig {
  const system = messages.filter(({ role }) => role === 'system').map(({ content }) => ({ text: content }));
  const config: GenerateContentConfig = {
    automaticFunctionCalling: { disable: true },
    httpOptions: { headers: { 'X-Client-Request-Id': ATTEMPT_ID } },
  };
  if (system.length > 0) config.systemInstruction = { parts: system };
  if (params.max_new_tokens !== undefined) config.maxOutputTokens = params.max_new_tokens;
  if (params.temperature !== undefined) config.temperature = params.temperature;
  if (params.top_p !== undefined) config.topP = params.top_p;
  if (params.stop !== undefined) config.stopSequences = [...params.stop];
  if (tools.length > 0) {
    const functionDeclarations = tools.map(({ name, description, parameters }) => ({
      name,
      ...(description === undefined ? {} : { description }),
      ...(parameters === undefined ? {} : { parametersJsonSchema: parameters }),
    }));
    config.tools = [{ functionDeclarations }];
  }
  const modes: Record<string, FunctionCallingConfigMode> = {
    none: FunctionCallingConfigMode.NONE,
    required: FunctionCallingConfigMode.ANY,
  };
  if (typeof toolChoice === 'object') {
    const functionCallingConfig = {
      mode: FunctionCallingConfigMode.ANY,
      allowedFunctionNames: [toolChoice.name],
    };
    config.toolConfig = { functionCallingConfig };
  } else if (toolChoice !== undefined) {
    config.toolConfig = { functionCallingConfig: { mode: modes[toolChoice] as FunctionCallingConfigMode } };
  }
  if (responseFormat?.type === 'json_schema') {
    config.responseMimeType = 'application/json';
    config.responseJsonSchema = responseFormat.schema;
  }
  return config;
}

function contentsOf(messages: readonly ProviderMessage[]): Content[] {
  const contents: Content[] = [];
  let results: Part[] | null = null;
  for (const { role, content, toolCalls = [], toolCallId = '' } of messages) {
    if (role === 'system') continue;
    if (role === 'tool') {
      const isObject = content.startsWith('{');
      const response = isObject ? (JSON.parse(content) as Record<string, unknown>) : { output: content };
      if (results === null) contents.push({ role: 'user', parts: (results = []) });
      results.push({ functionResponse: { id: toolCallId, name: 'get_weather', response } });
      continue;
    }
    results = null;
    const calls = toolCalls.map(({ id, name, arguments: text }) => ({
      functionCall: { id, name, args: JSON.parse(text) as Record<string, unknown> },
    }));
    const text = content === '' && calls.length > 0 ? [] : [{ text: content }];
    contents.push({ role: role === 'assistant' ? 'model' : 'user', parts: [...text, ...calls] });
  }
  return contents;
}

async function askPackage(request: ProviderRequest, isStreamed: boolean): Promise<void> {
  const { modelName: model, messages } = request;
  const asked = { model, contents: contentsOf(messages), config: configOf(request) };
  if (isStreamed) await allOf(await client.models.generateContentStream(asked));
  else await client.models.generateContent(asked);
}

describe('a request of google', () => {
  it.each(BOTH_WAYS)(
    'for %s, %s, is what Google’s package sends',
    async (_what, _way, question, isStreamed) => {
      const request = requestOf(question, MODEL);
      const sent = await server.recorded(() => callOf(provider, request, isStreamed));
      expect(sent).toEqual(await server.recorded(() => askPackage(request, isStreamed)));
    },
  );

  it.each(['models/gemini-2.0-pro', 'tunedModels/mine', 'gemini-ü', 'publishers/google/x'])(
    'has the model %s where Google’s package has it',
    async (modelName) => {
      const request = requestOf({ messages: [{ role: 'user', content: 'Hi' }], params: {} }, modelName);
      const sent = await server.recorded(() => callOf(provider, request, false));
      expect(sent).toEqual(await server.recorded(() => askPackage(request, false)));
    },
  );
});

describe('an answer of Google', () => {
  const files = readdirSync(FIXTURES).filter((name) => name.endsWith('.stream.txt'));

  it.each(files)('in %s is read as Google’s package reads it', async (file) => {
    const document = toGeneratedContent(eventData(readFileSync(join(FIXTURES, file), 'utf8')));
    server.answer = { contentType: 'application/json', body: JSON.stringify(document) };
    const [theirs, ours] = await Promise.all([
      client.models.generateContent({ model: MODEL, contents: 'Hi' }),
      // The adapter reports the vendor's reason. Only the caller turns an unfinished answer into a failure.
      provider.complete(requestOf({ messages: [{ role: 'user', content: 'Hi' }], params: {} }, MODEL)),
    ]);
    expect({
      text: ours.text,
      model: ours.servedModelName,
      requestId: ours.providerRequestId,
      calls: (ours.toolCalls ?? []).map((call) => [call.name, JSON.parse(call.arguments) as unknown]),
      promptTokens: ours.usage.promptTokens,
    }).toEqual(readingOf(theirs));
  });
});

function readingOf({ candidates, modelVersion, responseId, usageMetadata }: GenerateContentResponse): object {
  const parts = (candidates?.[0]?.content?.parts ?? []).filter(({ thought }) => thought !== true);
  return {
    text: parts.map(({ text }) => text ?? '').join(''),
    model: modelVersion ?? null,
    requestId: responseId ?? null,
    calls: parts.flatMap(({ functionCall }) =>
      functionCall ? [[functionCall.name, functionCall.args ?? {}]] : [],
    ),
    promptTokens: usageMetadata?.promptTokenCount ?? null,
  };
}
