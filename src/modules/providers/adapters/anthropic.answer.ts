import type { IncomingHttpHeaders } from 'node:http';
import { JsonSource, parseJson, writeJson } from '../../../kernel/index.js';
import {
  ProviderError,
  type ProviderEnd,
  type ProviderEvent,
  type ProviderToolCallDelta,
  type ProviderUsage,
} from '../provider.contract.js';
import { tokenCount } from '../token-count.js';
import type { AnswerReader } from './answer-reader.js';
import type { FailedResponse } from './vendor-call.js';
import { VendorError } from './vendor-error.js';
import { asRecord, parseRecord, textOrNull, type Json } from './vendor-json.js';

/** Anthropic's words for the end of a message; any other is passed on as it is. */
const FINISH_REASONS: ReadonlyMap<string, string> = new Map([
  ['end_turn', 'stop'],
  ['stop_sequence', 'stop'],
  ['max_tokens', 'length'],
  ['model_context_window_exceeded', 'length'],
  ['refusal', 'content_filter'],
  ['tool_use', 'tool_calls'],
]);

/** The status that an error in mid-stream would have had as an answer (API reference, "Errors"). */
const STATUS_OF_ERROR: ReadonlyMap<unknown, number> = new Map([
  ['invalid_request_error', 400],
  ['authentication_error', 401],
  ['billing_error', 402],
  ['permission_error', 403],
  ['not_found_error', 404],
  ['request_too_large', 413],
  ['rate_limit_error', 429],
  ['api_error', 500],
  ['timeout_error', 504],
  ['overloaded_error', 529],
]);

/**
 * Reads a message, whole or as events. Thinking is no part of the answer, and blocks and events that are not known are
 * passed over, as the vendor asks for.
 */
export class MessageReader implements AnswerReader {
  isOver = false;

  private readonly toolUses = new ToolUses();
  private message: Json | null = null;
  private usage: Json = {};
  private ending: Json = {};

  constructor(private readonly headers: () => IncomingHttpHeaders) {}

  read(data: string): ProviderEvent[] {
    const event = asRecord(parseJson(data));
    switch (event['type']) {
      case 'error':
        throw complaintOf(event, this.headers());
      case 'message_start':
        return [this.start(asRecord(event['message']))];
      case 'message_delta':
        // The counts are cumulative: the last ones are those of the whole message.
        this.usage = { ...this.usage, ...known(event['usage']) };
        this.ending = asRecord(event['delta']);
        return [];
      case 'message_stop':
        this.isOver = true;
        return [];
      default:
        return this.readBlock(event);
    }
  }

  readDocument(json: string): ProviderEvent[] {
    const message = asRecord(parseJson(json));
    if (message['type'] === 'error') throw complaintOf(message, this.headers());
    const { content, stop_reason, stop_sequence } = message;
    if (!Array.isArray(content)) throw noMessage();
    this.ending = { stop_reason, stop_sequence };
    this.isOver = true;
    return [this.start(message), ...blockEvents(content.map(asRecord), json)];
  }

  end(): ProviderEnd {
    if (this.message === null) throw noMessage();
    const reason = textOrNull(this.ending['stop_reason']);
    if (reason === null) {
      throw new ProviderError('connection', "The provider's answer stopped before its end.");
    }
    return {
      type: 'end',
      finishReason: FINISH_REASONS.get(reason) ?? reason,
      usage: readUsage({ ...this.usage, ...known(this.ending) }),
      servedModelName: textOrNull(this.message['model']),
    };
  }

  private start(message: Json): ProviderEvent {
    this.message = message;
    this.usage = known(message['usage']);
    return { type: 'model', servedModelName: textOrNull(message['model']) };
  }

  private readBlock(event: Json): ProviderEvent[] {
    const text = textOf(event);
    const call = this.toolUses.eventOf(event);
    return [...(text === null ? [] : [{ type: 'delta' as const, text }]), ...(call === null ? [] : [call])];
  }
}

/** The blocks of a whole message. Arguments are the text that the vendor sent: parsing would round their large numbers. */
function blockEvents(blocks: readonly Json[], json: string): ProviderEvent[] {
  const source = new JsonSource(json);
  const events: ProviderEvent[] = [];
  let callCount = 0;
  blocks.forEach((block, position) => {
    const text = block['type'] === 'text' ? textOrNull(block['text']) : null;
    if (text !== null) events.push({ type: 'delta', text });
    if (block['type'] !== 'tool_use') return;
    const input = source.find(['content', position, 'input']) ?? '{}';
    events.push({ type: 'tool_call', index: callCount, ...headOf(block), arguments: input });
    callCount += 1;
  });
  return events;
}

function noMessage(): ProviderError {
  return new ProviderError('provider_error', "The provider's answer is no message.");
}

function textOf(event: Json): string | null {
  if (event['type'] === 'content_block_start') {
    const block = asRecord(event['content_block']);
    return block['type'] === 'text' ? textOrNull(block['text']) : null;
  }
  if (event['type'] !== 'content_block_delta') return null;
  const delta = asRecord(event['delta']);
  return delta['type'] === 'text_delta' ? textOrNull(delta['text']) : null;
}

/** The blocks that call a tool of the caller's, counted without the others. What the vendor runs itself is none. */
class ToolUses {
  private readonly blocks = new Map<unknown, { readonly index: number; isEmpty: boolean }>();

  /** Null for an event that is not of a call, or says nothing. */
  eventOf(event: Json): ProviderToolCallDelta | null {
    if (event['type'] === 'content_block_start') return this.start(event);
    const block = this.blocks.get(event['index']);
    if (block === undefined) return null;
    const { index } = block;
    if (event['type'] === 'content_block_stop') {
      // A tool without parameters gets no text at all.
      return block.isEmpty ? { type: 'tool_call', index, arguments: '{}' } : null;
    }
    const piece = textOrNull(asRecord(event['delta'] ?? {})['partial_json']);
    if (piece === null) return null;
    block.isEmpty = false;
    return { type: 'tool_call', index, arguments: piece };
  }

  private start(event: Json): ProviderToolCallDelta | null {
    const block = asRecord(event['content_block']);
    const { type, input } = block;
    if (type !== 'tool_use') return null;
    const index = this.blocks.size;
    // As a rule it is `{}`, and the text follows.
    const whole = Object.keys(known(input)).length === 0 ? '' : writeJson(input);
    this.blocks.set(event['index'], { index, isEmpty: whole === '' });
    return { type: 'tool_call', index, ...headOf(block), arguments: whole };
  }
}

function headOf({ id, name }: Json): { readonly id: string; readonly name: string } {
  return { id: textOrNull(id) ?? '', name: textOrNull(name) ?? '' };
}

/** Anthropic counts the tokens of a prompt that its cache had, or has from now on, apart from `input_tokens`. */
function readUsage(raw: Json): ProviderUsage {
  const input = tokenCount(raw['input_tokens']);
  const cached = tokenCount(raw['cache_read_input_tokens']);
  const stored = tokenCount(raw['cache_creation_input_tokens']);
  return {
    promptTokens: input === null ? null : tokenCount(input + (cached ?? 0) + (stored ?? 0)),
    responseTokens: tokenCount(raw['output_tokens']),
    cachedPromptTokens: cached,
    reasoningTokens: tokenCount(known(raw['output_tokens_details'])['thinking_tokens']),
    raw,
  };
}

/** What is said, without what is null: a later null takes nothing back. */
function known(value: unknown): Json {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== null));
}

function complaintOf(event: Json, headers: IncomingHttpHeaders): VendorError {
  const { type, message } = asRecord(event['error']);
  return new VendorError({ status: STATUS_OF_ERROR.get(type) ?? 500, words: [message, type], headers });
}

/** An answer that is no success. */
export function readMessageComplaint({ status, headers, body }: FailedResponse): VendorError {
  const { message, type } = known(parseRecord(body)['error']);
  return new VendorError({ status, words: [message, type], headers });
}
