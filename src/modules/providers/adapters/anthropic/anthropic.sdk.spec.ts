import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Anthropic } from '@anthropic-ai/sdk';
import type { Message } from '@anthropic-ai/sdk/resources/messages';
import { eventData, toMessage } from '../../../../../test/fakes/vendors/whole-answers.js';
import { complete } from '../../calls/complete.js';
import { AnthropicProvider } from './anthropic.provider.js';
import { mayBeWhole, toMessageBody } from './anthropic.request.js';
import {
  ATTEMPT_ID,
  BOTH_WAYS,
  callOf,
  RecordingServer,
  requestOf,
} from '../testkit/sdk-difference.testkit.js';

const KEY = 'sk-ant-api03-0123456789abcdefghij';
const MODEL = 'claude-haiku-5-5';
const FIXTURES = join(__dirname, '../../../../../test/fixtures/providers/anthropic');

let server: RecordingServer;
let client: Anthropic;
let provider: AnthropicProvider;

beforeAll(async () => {
  server = await RecordingServer.start();
  client = new Anthropic({
    apiKey: KEY,
    baseURL: server.origin,
    maxRetries: 0,
    logLevel: 'off',
    webhookKey: null,
  });
  const settings: Record<string, string> = { ANTHROPIC_API_KEY: KEY, ANTHROPIC_BASE_URL: server.origin };
  provider = new AnthropicProvider((name) => settings[name]);
});
afterAll(async () => {
  await provider.onApplicationShutdown();
  await server.stop();
});

describe('a request of anthropic', () => {
  it.each(BOTH_WAYS)(
    'for %s, %s, is what Anthropic’s package sends',
    async (_what, _way, question, isStreamed) => {
      const request = requestOf(question, MODEL);
      const sent = await server.recorded(() => callOf(provider, request, isStreamed));
      const body = toMessageBody(request, isStreamed);
      const version = 'temperature' in body ? { 'anthropic-version': '2023-06-01' } : {};
      const headers = { 'X-Client-Request-Id': ATTEMPT_ID, ...version };
      expect(sent).toEqual(await server.recorded(() => client.messages.create(body, { headers })));
    },
  );

  it.each([1, 8_192, 21_333, 21_334, 64_000, 128_000])(
    'for an answer of %i tokens is for a whole one where the package allows it',
    async (max_new_tokens) => {
      const request = requestOf(
        { messages: [{ role: 'user', content: 'Hi' }], params: { max_new_tokens } },
        MODEL,
      );
      const { body } = await server.recorded(() => callOf(provider, request, false));
      const allowed = isAllowed(max_new_tokens);
      expect([mayBeWhole(request), body.includes('"stream":true')]).toEqual([allowed, !allowed]);
    },
  );

  function isAllowed(maxTokens: number): boolean {
    try {
      client.calculateNonstreamingTimeout(maxTokens);
      return true;
    } catch {
      return false;
    }
  }
});

describe('an answer of Anthropic', () => {
  const files = readdirSync(FIXTURES).filter((name) => name.endsWith('.stream.txt'));

  it.each(files)('in %s is read as Anthropic’s package reads it', async (file) => {
    const document = toMessage(eventData(readFileSync(join(FIXTURES, file), 'utf8')));
    server.answer = { contentType: 'application/json', body: JSON.stringify(document) };
    const [theirs, ours] = await Promise.all([
      client.messages.create({ model: MODEL, max_tokens: 9, messages: [{ role: 'user', content: 'Hi' }] }),
      complete(
        provider,
        { modelName: MODEL, messages: [{ role: 'user', content: 'Hi' }], params: {}, attemptId: ATTEMPT_ID },
        { deadlineMs: 20_000, idleTimeoutMs: null, maxResponseBytes: 100_000 },
      ),
    ]);
    expect({
      text: ours.text,
      model: ours.servedModelName,
      reason: (ours.usage.raw as { stop_reason?: string }).stop_reason,
      responseTokens: ours.usage.responseTokens,
      calls: ours.toolCalls.map((call) => ({ ...call, arguments: JSON.parse(call.arguments) as unknown })),
    }).toEqual(readingOf(theirs));
  });
});

function readingOf({ content, model, stop_reason, usage }: Message): object {
  return {
    text: content.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join(''),
    model,
    reason: stop_reason,
    responseTokens: usage.output_tokens,
    calls: content.flatMap((block) =>
      block.type === 'tool_use' ? [{ id: block.id, name: block.name, arguments: block.input }] : [],
    ),
  };
}
