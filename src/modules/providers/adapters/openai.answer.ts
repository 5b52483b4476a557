import type { IncomingHttpHeaders } from 'node:http';
import { parseJson } from '../../../kernel/index.js';
import {
  ProviderError,
  type ProviderEnd,
  type ProviderEvent,
  type ProviderUsage,
} from '../provider.contract.js';
import { tokenCount } from '../token-count.js';
import type { AnswerReader } from './answer-reader.js';
import { readToolCallPieces, ToolCallIndexes } from './openai.tool-calls.js';
import type { FailedResponse } from './vendor-call.js';
import { VendorError } from './vendor-error.js';
import { asRecord, parseRecord, textOrNull, type Json } from './vendor-json.js';

/**
 * Reads a chat completion, whole or in chunks: they differ only in `message` and `delta`. The SDK's own `Stream` is not
 * used for it: it rescans an unfinished event from its start with every packet (4 MiB without a blank line hold the
 * process for seconds), prints what it cannot parse, cannot tell an ended answer from a cut line, and reads a JSON body
 * as an empty stream.
 */
export class ChatCompletionReader implements AnswerReader {
  isOver = false;

  private hasAnswer = false;
  private finishReason: string | null = null;
  private servedModelName: string | null = null;
  private usage: ProviderUsage = { promptTokens: null, responseTokens: null, raw: null };
  private readonly extras: Record<string, unknown> = {};
  private readonly indexes = new ToolCallIndexes();
  private isRefused = false;

  constructor(private readonly headers: () => IncomingHttpHeaders) {}

  read(data: string): ProviderEvent[] {
    // What follows the end mark is not looked at, but read: a connection left earlier cannot be used again.
    if (this.isOver) return [];
    if (!data.startsWith('[DONE]')) return this.readAnswer(data);
    this.isOver = true;
    return [];
  }

  readDocument(json: string): ProviderEvent[] {
    const events = this.readAnswer(json);
    this.isOver = true;
    return events;
  }

  end(): ProviderEnd {
    if (!this.hasAnswer) throw noCompletion();
    if (this.finishReason === null) {
      throw new ProviderError('connection', "The provider's answer stopped before its end.");
    }
    // OpenAI ends a refusal with `stop`, as if it were an answer.
    const finishReason = this.isRefused ? 'content_filter' : this.finishReason;
    const { usage, servedModelName, extras } = this;
    return { type: 'end', finishReason, usage, servedModelName, extras };
  }

  private readAnswer(json: string): ProviderEvent[] {
    const answer = asRecord(parseJson(json));
    const { error, choices } = answer;
    if (error !== undefined && error !== null) throw complaintOf(asRecord(error), this.headers());
    if (!Array.isArray(choices)) throw noCompletion();
    this.hasAnswer = true;
    // The chunk with the usage has no choice, nor has Azure's first one.
    const choice = asRecord(choices[0] ?? {});
    const events: ProviderEvent[] = [];
    this.readFacts(answer, events);
    this.readMessage(asRecord(choice['delta'] ?? choice['message'] ?? {}), events);
    this.finishReason = textOrNull(choice['finish_reason']) ?? this.finishReason;
    this.usage = parseUsage(answer['usage']) ?? this.usage;
    return events;
  }

  /** What stands beside the choices: who answers, and what a client of OpenAI's sees and we have no name of our own for. */
  private readFacts(answer: Json, events: ProviderEvent[]): void {
    for (const name of EXTRAS) {
      const fact = textOrNull(answer[name]);
      if (fact !== null) this.extras[name] = fact;
    }
    const model = textOrNull(answer['model']);
    // Azure's first chunk has an empty one.
    if (this.servedModelName === null && model !== null) {
      events.push({ type: 'model', servedModelName: model, extras: { ...this.extras } });
    }
    this.servedModelName = model ?? this.servedModelName;
  }

  private readMessage(message: Json, events: ProviderEvent[]): void {
    const content = textOrNull(message['content']);
    const refusal = content === null ? textOrNull(message['refusal']) : null;
    if (content !== null) events.push({ type: 'delta', text: content });
    if (refusal !== null) {
      events.push({ type: 'delta', text: refusal, refusal: true });
      this.isRefused = true;
    }
    for (const piece of readToolCallPieces(message['tool_calls'])) {
      const event = this.indexes.eventOf(piece);
      if (event !== null) events.push(event);
    }
  }
}

const EXTRAS = ['system_fingerprint', 'service_tier'];

/**
 * An answer that is no success. OpenAI's shape is `{ error: { message } }`; LM Studio also answers `{ error: "…" }`, and
 * vLLM the error itself, with a word for what it is.
 */
export function readChatComplaint({ status, headers, body }: FailedResponse): VendorError {
  const answer = parseRecord(body);
  const said: unknown = answer['object'] === 'error' ? answer : answer['error'];
  if (typeof said !== 'object' || said === null) return new VendorError({ status, words: [said], headers });
  const { message, code } = said as Json;
  return new VendorError({ status, words: [message, code], headers });
}

function noCompletion(): ProviderError {
  return new ProviderError('provider_error', "The provider's answer is no chat completion.");
}

function parseUsage(raw: unknown): ProviderUsage | null {
  if (typeof raw !== 'object' || raw === null) return null;
  const usage = asRecord(raw);
  return {
    promptTokens: tokenCount(usage['prompt_tokens']),
    responseTokens: tokenCount(usage['completion_tokens']),
    cachedPromptTokens: detailCount(usage['prompt_tokens_details'], 'cached_tokens'),
    reasoningTokens: detailCount(usage['completion_tokens_details'], 'reasoning_tokens'),
    raw,
  };
}

function detailCount(details: unknown, name: string): number | null {
  return typeof details === 'object' && details !== null ? tokenCount(Reflect.get(details, name)) : null;
}

/** An error in mid-stream has no status of its own; vLLM puts one into its code. */
function complaintOf({ message, code }: Json, headers: IncomingHttpHeaders): VendorError {
  const isStatus = typeof code === 'number' && code >= 400 && code <= 599;
  return new VendorError({ status: isStatus ? code : 500, words: [message, code], headers });
}
