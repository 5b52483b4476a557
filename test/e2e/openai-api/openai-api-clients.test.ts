import type { BehaviourRule } from '../../fakes/vendors/openai-server.js';
import { eventually } from '../../support/eventually.js';
import { aiSdkClient } from './clients/ai-sdk-client.js';
import { langchainClient } from './clients/langchain-client.js';
import { openaiClient } from './clients/openai-client.js';
import type { ClientOptions, RealClient } from './clients/real-client.js';
import { ADMIN_KEY, type Stage, startStage } from '../stage.js';

const WAYS = ['whole', 'streamed'] as const;
const QUESTION = 'Tell me the four seasons of the year';

let stage: Stage;

beforeAll(async () => {
  // No traces may leave the machine, whatever its environment enables.
  for (const name of ['LANGSMITH_TRACING', 'LANGCHAIN_TRACING_V2']) process.env[name] = 'false';
  stage = await startStage({ WORKER: 'off' });
});
afterAll(() => stage.close());
beforeEach(() => stage.openai.reset());

/** Calls the given tools until it has a result, then says it. */
const callingOnce = (...toolCalls: { name: string; arguments: string }[]): BehaviourRule => {
  return ({ body }) => {
    const messages = body?.['messages'] as { role: string; content: string }[];
    const last = messages.at(-1);
    return last?.role === 'tool'
      ? { kind: 'answer', text: `It is ${last.content}.` }
      : { kind: 'answer', toolCalls };
  };
};

describe.each<[string, (options: ClientOptions) => RealClient]>([
  ['openai', openaiClient],
  ['ai with @ai-sdk/openai-compatible', aiSdkClient],
  ['@langchain/openai', langchainClient],
])('%s', (_name, create) => {
  const client = (maxRetries = 0) =>
    create({ baseURL: `${stage.ledger.url}/openai/v1`, apiKey: ADMIN_KEY, maxRetries });

  it('chats, and knows the usage', async () => {
    expect(await client().chat(QUESTION)).toEqual({
      text: `You said: ${QUESTION}`,
      usage: { input: 8, output: 10 },
    });
  });

  it('streams, piece by piece, and knows the usage', async () => {
    const { pieces, usage } = await client().stream(QUESTION);
    expect(pieces.join('')).toBe(`You said: ${QUESTION}`);
    expect(pieces.length).toBeGreaterThan(5);
    expect(usage).toEqual({ input: 8, output: 10 });
  });

  it.each(WAYS)('calls tools and tells of their results, %s', async (way) => {
    stage.openai.behave(callingOnce({ name: 'get_weather', arguments: '{"city":"Paris"}' }));
    expect(await client().callTools('What is it like in Paris?', way)).toEqual({
      calls: [{ name: 'get_weather', input: { city: 'Paris' } }],
      text: 'It is 17 degrees in Paris.',
    });
  });

  it.each(WAYS)('calls a tool that takes nothing, %s', async (way) => {
    stage.openai.behave(callingOnce({ name: 'get_time', arguments: '' }));
    expect(await client().callTools('How late is it?', way)).toEqual({
      calls: [{ name: 'get_time', input: {} }],
      text: 'It is 17:00.',
    });
    const [, again] = stage.openai.requests;
    expect(again?.body?.['messages']).toContainEqual(
      expect.objectContaining({
        role: 'assistant',
        tool_calls: [expect.objectContaining({ function: { name: 'get_time', arguments: '{}' } })],
      }),
    );
  });

  it('gets an answer by a schema', async () => {
    stage.openai.behave({ kind: 'answer', text: '{"first":"spring"}' });
    expect(await client().structured('Which season is the first?')).toEqual({ first: 'spring' });
    expect(stage.openai.requests[0]?.body?.['response_format']).toMatchObject({
      type: 'json_schema',
      json_schema: { schema: { properties: { first: { type: 'string' } } } },
    });
  });

  it.each(WAYS)('aborts before the first piece, %s', async (way) => {
    stage.openai.behave({ kind: 'hang', at: 'start' });
    const arrived = eventually(() => stage.openai.requests.length === 1);
    await client().abort(QUESTION, way, arrived);
    // An abandoned stream ends at the provider. A whole answer is kept for a client that asks again.
    if (way === 'streamed') await eventually(() => stage.openai.requests[0]?.outcome === 'abandoned');
  });

  it('aborts in the middle of a stream', async () => {
    stage.openai.behave({ kind: 'hang', at: 'body' });
    const arrived = eventually(() => stage.openai.requests.length === 1);
    await client().abort(QUESTION, 'streamed', arrived);
    await eventually(() => stage.openai.requests[0]?.outcome === 'abandoned');
    await eventually(async () => {
      const { body } = await stage.admin.get<{ executions: { status: string }[] }>('/v1/executions?limit=1');
      return body.executions[0]?.status === 'canceled';
    });
  });

  describe.each(WAYS)('raises an error with its status, %s:', (way) => {
    it.each([
      [400, null],
      [404, null],
      [429, '1'],
      [500, null],
      [503, '2'],
    ])('%i', async (status, retryAfter) => {
      const headers = retryAfter === null ? {} : { 'retry-after': retryAfter };
      stage.openai.behave({ kind: 'error', status, headers });
      const calling = client();
      const failure = await calling.ask(QUESTION, way).then(
        () => 'an answer',
        (error: unknown) => calling.failureOf(error) ?? error,
      );
      expect(failure).toEqual({ status, retryAfter });
    });

    it('and tries again what may pass', async () => {
      // The ledger makes two attempts for each try.
      stage.openai.behave(({ number }) =>
        number <= 2 ? { kind: 'error', status: 500 } : { kind: 'answer' },
      );
      await client(1).ask(QUESTION, way);
      expect(stage.openai.requests).toHaveLength(3);
    });
  });
});
