import { HumanMessage, type ToolMessage } from '@langchain/core/messages';
import { tool } from '@langchain/core/tools';
import { ChatOpenAI } from '@langchain/openai';
import {
  type ClientOptions,
  MODEL,
  NOTHING_SCHEMA,
  type RealClient,
  SEASON_SCHEMA,
  type Usage,
  WEATHER_SCHEMA,
  weatherIn,
} from './real-client.js';

/** Drives the package `@langchain/openai`. */
export function langchainClient({ baseURL, apiKey, maxRetries }: ClientOptions): RealClient {
  const model = new ChatOpenAI({ model: MODEL, apiKey, maxRetries, configuration: { baseURL } });
  const textOf = (content: unknown) => (typeof content === 'string' ? content : JSON.stringify(content));
  return {
    async chat(text) {
      const answer = await model.invoke(text);
      return { text: textOf(answer.content), usage: usageOf(answer) };
    },
    async stream(text) {
      const pieces: string[] = [];
      let usage: Usage = { input: undefined, output: undefined };
      for await (const chunk of await model.stream(text)) {
        pieces.push(textOf(chunk.content));
        const counts = usageOf(chunk);
        if (counts.input !== undefined) usage = counts;
      }
      return { pieces: pieces.filter((piece) => piece !== ''), usage };
    },
    async callTools(text, way) {
      const calls: { name: string; input: unknown }[] = [];
      const weather = tool(
        (input: unknown) => {
          calls.push({ name: 'get_weather', input });
          return weatherIn((input as { city: string }).city);
        },
        { name: 'get_weather', description: 'The weather of a city', schema: WEATHER_SCHEMA },
      );
      const time = tool(
        (input: unknown) => {
          calls.push({ name: 'get_time', input });
          return '17:00';
        },
        { name: 'get_time', description: 'The time', schema: NOTHING_SCHEMA },
      );
      const tools = { get_weather: weather, get_time: time };
      const bound = model.bindTools([weather, time]);
      const question = new HumanMessage({ content: text, name: 'Ada' });
      const first =
        way === 'whole' ? await bound.invoke([question]) : await gather(await bound.stream([question]));
      const results: ToolMessage[] = [];
      for (const call of first.tool_calls ?? []) {
        const result: unknown = await tools[call.name as keyof typeof tools].invoke(call);
        results.push(result as ToolMessage);
      }
      return { calls, text: textOf((await bound.invoke([question, first, ...results])).content) };
    },
    structured(text) {
      const options = { name: 'season', method: 'jsonSchema' as const, strict: true };
      return model.withStructuredOutput(SEASON_SCHEMA, options).invoke(text);
    },
    async abort(text, way, whenToAbort) {
      const leaving = new AbortController();
      void whenToAbort.then(() => leaving.abort());
      const given = { signal: leaving.signal };
      const asked = way === 'whole' ? model.invoke(text, given) : model.stream(text, given).then(gather);
      await asked.catch(() => undefined);
    },
    async ask(text, way) {
      return way === 'whole' ? model.invoke(text) : gather(await model.stream(text));
    },
    failureOf(error) {
      // The error is an `APIError` of the package's own copy of `openai`.
      if (!(error instanceof Error) || !('status' in error)) return undefined;
      const { status, headers } = error as Error & { status?: number; headers?: Headers };
      return { status, retryAfter: headers?.get('retry-after') ?? null };
    },
  };
}

/** The package leaves its type open. */
function usageOf(message: object): Usage {
  const { usage_metadata: usage } = message as {
    usage_metadata?: { input_tokens: number; output_tokens: number };
  };
  return { input: usage?.input_tokens, output: usage?.output_tokens };
}

/** Collects a stream into one message. */
async function gather<Chunk extends { concat(other: Chunk): Chunk }>(
  chunks: AsyncIterable<Chunk>,
): Promise<Chunk> {
  let whole: Chunk | undefined;
  for await (const chunk of chunks) whole = whole === undefined ? chunk : whole.concat(chunk);
  if (whole === undefined) throw new Error('the stream had no chunk');
  return whole;
}
