import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import {
  APICallError,
  generateText,
  jsonSchema,
  Output,
  RetryError,
  stepCountIs,
  streamText,
  tool,
} from 'ai';
import {
  type ClientOptions,
  MODEL,
  NOTHING_SCHEMA,
  type RealClient,
  SEASON_SCHEMA,
  WEATHER_SCHEMA,
  weatherIn,
} from './real-client.js';

/** Drives the packages `ai` and `@ai-sdk/openai-compatible`. */
export function aiSdkClient({ baseURL, apiKey, maxRetries }: ClientOptions): RealClient {
  const provider = createOpenAICompatible({
    name: 'ledger',
    baseURL,
    apiKey,
    includeUsage: true,
    supportsStructuredOutputs: true,
  });
  const asked = (prompt: string) => ({ model: provider(MODEL), prompt, maxRetries });
  /** A failed stream reports to `onError` and in a part of the stream, and throws nothing. */
  const read = async (options: Parameters<typeof streamText>[0]) => {
    const pieces: string[] = [];
    const result = streamText({ ...options, onError: () => undefined });
    for await (const part of result.fullStream) {
      if (part.type === 'text-delta') pieces.push(part.text);
      else if (part.type === 'error') throw part.error;
    }
    return { pieces, result };
  };
  return {
    async chat(text) {
      const { text: answer, usage } = await generateText(asked(text));
      return { text: answer, usage: { input: usage.inputTokens, output: usage.outputTokens } };
    },
    async stream(text) {
      const { pieces, result } = await read(asked(text));
      const { inputTokens: input, outputTokens: output } = await result.usage;
      return { pieces, usage: { input, output } };
    },
    async callTools(text, way) {
      const calls: { name: string; input: unknown }[] = [];
      const tools = {
        get_weather: tool({
          description: 'The weather of a city',
          inputSchema: jsonSchema<{ city: string }>(WEATHER_SCHEMA),
          execute: (input) => {
            calls.push({ name: 'get_weather', input });
            return weatherIn(input.city);
          },
        }),
        get_time: tool({
          description: 'The time',
          inputSchema: jsonSchema<object>(NOTHING_SCHEMA),
          execute: (input) => {
            calls.push({ name: 'get_time', input });
            return '17:00';
          },
        }),
      };
      const options = { ...asked(text), tools, stopWhen: stepCountIs(3) };
      if (way === 'whole') return { text: (await generateText(options)).text, calls };
      const { result } = await read(options);
      return { text: await result.text, calls };
    },
    async structured(text) {
      const output = Output.object({ schema: jsonSchema<{ first: string }>(SEASON_SCHEMA) });
      return (await generateText({ ...asked(text), output })).output;
    },
    async abort(text, way, whenToAbort) {
      const leaving = new AbortController();
      void whenToAbort.then(() => leaving.abort());
      const options = { ...asked(text), abortSignal: leaving.signal };
      await (way === 'whole' ? generateText(options) : read(options)).catch(() => undefined);
    },
    async ask(text, way) {
      return way === 'whole' ? generateText(asked(text)) : read(asked(text));
    },
    failureOf(error) {
      const last: unknown = RetryError.isInstance(error) ? error.lastError : error;
      if (!APICallError.isInstance(last)) return undefined;
      return { status: last.statusCode, retryAfter: last.responseHeaders?.['retry-after'] ?? null };
    },
  };
}
