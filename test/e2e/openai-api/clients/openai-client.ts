import OpenAI, { APIError } from 'openai';
import { makeParseableResponseFormat } from 'openai/lib/parser';
import {
  type ClientOptions,
  MODEL,
  NOTHING_SCHEMA,
  type RealClient,
  SEASON_SCHEMA,
  WEATHER_SCHEMA,
  weatherIn,
} from './real-client.js';

const asked = (content: string) => ({ model: MODEL, messages: [{ role: 'user' as const, content }] });

/** Drives the package `openai`. */
export function openaiClient(options: ClientOptions): RealClient {
  const { completions } = new OpenAI(options).chat;
  return {
    async chat(text) {
      const { choices, usage } = await completions.create(asked(text));
      const counts = { input: usage?.prompt_tokens, output: usage?.completion_tokens };
      return { text: choices[0]?.message.content ?? '', usage: counts };
    },
    async stream(text) {
      const stream_options = { include_usage: true };
      const chunks = await completions.create({ ...asked(text), stream: true, stream_options });
      const pieces: string[] = [];
      let usage: OpenAI.CompletionUsage | null = null;
      for await (const chunk of chunks) {
        pieces.push(chunk.choices[0]?.delta.content ?? '');
        usage = chunk.usage ?? usage;
      }
      const counts = { input: usage?.prompt_tokens, output: usage?.completion_tokens };
      return { pieces: pieces.filter((piece) => piece !== ''), usage: counts };
    },
    async callTools(text, way) {
      const calls: { name: string; input: unknown }[] = [];
      const toolOf = (name: string, parameters: object, answer: (input: { city?: string }) => string) => ({
        type: 'function' as const,
        function: {
          name,
          description: name,
          parameters: parameters as Record<string, unknown>,
          parse: (json: string) => JSON.parse(json) as { city?: string },
          function: (input: { city?: string }) => {
            calls.push({ name, input });
            return answer(input);
          },
        },
      });
      const tools = [
        toolOf('get_weather', WEATHER_SCHEMA, ({ city = '' }) => weatherIn(city)),
        toolOf('get_time', NOTHING_SCHEMA, () => '17:00'),
      ];
      const body = { ...asked(text), tools };
      const runner =
        way === 'whole' ? completions.runTools(body) : completions.runTools({ ...body, stream: true });
      return { text: (await runner.finalContent()) ?? '', calls };
    },
    async structured(text) {
      const format = {
        type: 'json_schema' as const,
        json_schema: { name: 'season', strict: true, schema: SEASON_SCHEMA },
      };
      const response_format = makeParseableResponseFormat(format, (json): unknown => JSON.parse(json));
      return (await completions.parse({ ...asked(text), response_format })).choices[0]?.message.parsed;
    },
    async abort(text, way, whenToAbort) {
      const leaving = new AbortController();
      void whenToAbort.then(() => leaving.abort());
      const given = { signal: leaving.signal };
      if (way === 'whole') {
        await completions.create(asked(text), given).catch(() => undefined);
        return;
      }
      try {
        const chunks = await completions.create({ ...asked(text), stream: true }, given);
        const read: string[] = [];
        for await (const { id } of chunks) read.push(id);
      } catch {
        // An abort before the head throws; after it, the loop ends.
      }
    },
    async ask(text, way) {
      if (way === 'whole') return completions.create(asked(text));
      const chunks = await completions.create({ ...asked(text), stream: true });
      const read: unknown[] = [];
      for await (const chunk of chunks) read.push(chunk);
      return read;
    },
    failureOf(error) {
      if (!(error instanceof APIError)) return undefined;
      const { status, headers } = error as APIError;
      return { status, retryAfter: headers?.get('retry-after') ?? null };
    },
  };
}
