import { RawVendor } from '../../../../../test/fakes/vendors/raw-vendor.js';
import { complete, type Completion, type PartialCompletion } from '../../calls/complete.js';
import type { ModelProvider, ProviderError } from '../../provider.contract.js';
import { AnthropicProvider } from '../anthropic/anthropic.provider.js';
import { AzureOpenAiProvider } from '../azure-openai/azure-openai.provider.js';
import { GoogleProvider } from '../google/google.provider.js';
import { OpenAiProvider } from '../openai/openai.provider.js';
import { compatibleProviders } from '../openai-compatible/openai-compatible.js';

type Json = Readonly<Record<string, unknown>>;

export const VENDORS = ['openai', 'azure-openai', 'compatible', 'anthropic', 'google'] as const;
export type Vendor = (typeof VENDORS)[number];

/** Adapters that answer with chat completions. */
export const CHAT_VENDORS = ['openai', 'azure-openai', 'compatible'] as const;

type Closable = ModelProvider & { onApplicationShutdown(): Promise<void> };

const LIMITS = { deadlineMs: 20_000, idleTimeoutMs: null, maxResponseBytes: 512_000 };
export const PROMPT = 'canary-7f3a: the quarterly figures are not public yet';

/** One provider of each kind, all behind one server that returns a prepared answer. */
export class OddAnswers {
  private constructor(
    readonly server: RawVendor,
    private readonly providers: Readonly<Record<Vendor, Closable>>,
  ) {}

  static async start(): Promise<OddAnswers> {
    const server = await RawVendor.start();
    const { origin } = server;
    const settings: Readonly<Record<string, string>> = {
      OPENAI_API_KEY: 'sk-test-0123456789',
      OPENAI_BASE_URL: `${origin}/v1`,
      AZURE_OPENAI_API_KEY: 'azure-test-0123456789',
      AZURE_OPENAI_ENDPOINT: origin,
      ANTHROPIC_API_KEY: 'sk-ant-0123456789',
      ANTHROPIC_BASE_URL: origin,
      GEMINI_API_KEY: 'AIza0123456789',
      GOOGLE_GEMINI_BASE_URL: origin,
    };
    const env = (name: string): string | undefined => settings[name];
    const [Compatible] = compatibleProviders(`local=${origin}/v1`, []);
    return new OddAnswers(server, {
      openai: new OpenAiProvider(env),
      'azure-openai': new AzureOpenAiProvider(env),
      compatible: new (Compatible as NonNullable<typeof Compatible>)(env) as Closable,
      anthropic: new AnthropicProvider(env),
      google: new GoogleProvider(env),
    });
  }

  async stop(): Promise<void> {
    for (const provider of Object.values(this.providers)) await provider.onApplicationShutdown();
    await this.server.stop();
  }

  /** Makes one call, and checks that it sends one request. */
  async ask(vendor: Vendor, isStreamed: boolean, partial?: PartialCompletion): Promise<Completion> {
    this.server.requests = 0;
    const request = {
      modelName: 'some-model',
      messages: [{ role: 'user' as const, content: PROMPT }],
      params: {},
      attemptId: 'attempt-1',
    };
    const onEvent = isStreamed ? () => undefined : undefined;
    const answered = complete(this.providers[vendor], request, LIMITS, onEvent, partial);
    await answered.catch(() => undefined);
    if (this.server.requests !== 1) throw new Error(`The vendor was asked ${this.server.requests} times.`);
    return answered;
  }

  async failure(vendor: Vendor, isStreamed: boolean, partial?: PartialCompletion): Promise<ProviderError> {
    return (await this.ask(vendor, isStreamed, partial).then(
      ({ text }) => Promise.reject(new Error(`the call succeeded: "${text}"`)),
      (error: unknown) => error,
    )) as ProviderError;
  }

  answersWith(body: string | Uint8Array, headers: Readonly<Record<string, string>>, status = 200): void {
    this.server.answer = { status, headers, body };
  }
}

export const EVENT_STREAM = { 'content-type': 'text/event-stream' };
export const DOCUMENT = { 'content-type': 'application/json' };

/** Both ways to request an answer. */
export const WAYS = [
  ['as a whole', false],
  ['piece by piece', true],
] as const;

/** Rows of a test table: each vendor in both ways. */
export const BOTH = VENDORS.flatMap((vendor) =>
  WAYS.map(([way, isStreamed]) => [vendor, way, isStreamed] as const),
);

/** Formats the items as server-sent events. A string is sent as it is. */
export function eventsOf(...items: readonly (Json | string | null | readonly unknown[])[]): string {
  return items
    .map((item) => (typeof item === 'string' ? item : `data: ${JSON.stringify(item)}\n\n`))
    .join('');
}

export const DONE = 'data: [DONE]\n\n';

/** A chunk of a chat completion. */
export function chunk(delta: unknown, finish_reason: unknown = null, more: Json = {}): Json {
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    model: 'some-model-1',
    choices: [{ index: 0, delta, finish_reason }],
    ...more,
  };
}

/** A whole chat completion. */
export function completion(message: unknown, finish_reason: unknown = 'stop', more: Json = {}): string {
  const choices = [{ index: 0, message, finish_reason }];
  return JSON.stringify({
    id: 'chatcmpl-1',
    object: 'chat.completion',
    model: 'some-model-1',
    choices,
    ...more,
  });
}

/** The events of an Anthropic message. */
export const MESSAGE_START = {
  type: 'message_start',
  message: {
    id: 'msg_1',
    type: 'message',
    model: 'claude-1',
    content: [],
    usage: { input_tokens: 5, output_tokens: 1 },
  },
};
export const blockStart = (content_block: unknown, index = 0) => ({
  type: 'content_block_start',
  index,
  content_block,
});
export const blockDelta = (delta: unknown, index = 0) => ({ type: 'content_block_delta', index, delta });
export const textDelta = (text: string, index = 0) => blockDelta({ type: 'text_delta', text }, index);
export const messageDelta = (stop_reason: unknown) => ({
  type: 'message_delta',
  delta: { stop_reason, stop_sequence: null },
  usage: { output_tokens: 7 },
});
export const MESSAGE_STOP = { type: 'message_stop' };

export function message(content: unknown, stop_reason: unknown = 'end_turn'): string {
  const usage = { input_tokens: 5, output_tokens: 7 };
  return JSON.stringify({
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'claude-1',
    content,
    stop_reason,
    usage,
  });
}

/** Builds a Gemini answer, whole or as a chunk. */
export function contents(parts: unknown, finishReason?: unknown, more: Json = {}): Json {
  return {
    candidates: [
      {
        content: { parts, role: 'model' },
        ...(finishReason === undefined ? {} : { finishReason }),
        index: 0,
      },
    ],
    usageMetadata: { promptTokenCount: 5, candidatesTokenCount: 7, totalTokenCount: 12 },
    modelVersion: 'gemini-1',
    responseId: 'resp-1',
    ...more,
  };
}

/** Builds a good answer of one vendor, "Hello there", in two pieces. */
export function goodStream(
  vendor: Vendor,
  ...between: readonly (Json | string | null | readonly unknown[])[]
): string {
  if (vendor === 'anthropic') {
    const start = [MESSAGE_START, blockStart({ type: 'text', text: '' }), textDelta('Hello ')];
    return eventsOf(...start, ...between, textDelta('there'), messageDelta('end_turn'), MESSAGE_STOP);
  }
  if (vendor === 'google') {
    return eventsOf(contents([{ text: 'Hello ' }]), ...between, contents([{ text: 'there' }], 'STOP'));
  }
  const usage = { choices: [], usage: { prompt_tokens: 5, completion_tokens: 7, total_tokens: 12 } };
  return eventsOf(
    chunk({ content: 'Hello ' }),
    ...between,
    chunk({ content: 'there' }),
    chunk({}, 'stop'),
    usage,
    DONE,
  );
}

/** Builds the same answer as one document. */
export function goodDocument(vendor: Vendor): string {
  if (vendor === 'anthropic') return message([{ type: 'text', text: 'Hello there' }]);
  if (vendor === 'google') return JSON.stringify(contents([{ text: 'Hello there' }], 'STOP'));
  const usage = { prompt_tokens: 5, completion_tokens: 7, total_tokens: 12 };
  return completion({ role: 'assistant', content: 'Hello there' }, 'stop', { usage });
}
