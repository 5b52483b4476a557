import {
  ProviderError,
  type ProviderDelta,
  type ProviderEnd,
  type ProviderModel,
  type ProviderToolCallDelta,
  type ProviderUsage,
} from '../provider.contract.js';
import { readServerSentEvents } from '../server-sent-events.js';
import { tokenCount } from '../token-count.js';
import { VendorError } from './vendor-error.js';
import { asRecord, textOrNull, type Json } from './vendor-json.js';
import { bodyOf } from './vendor-transport.js';

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
 * Reads the event stream of a message. Thinking is no part of the answer, and events that are not known are passed
 * over, as the vendor asks for.
 *
 * @throws ProviderError `connection` when the body ends early, `provider_error` when it is something else;
 *   VendorError for an error in mid-stream; whatever the line throws.
 */
export async function* readMessage(
  response: Response,
): AsyncGenerator<ProviderModel | ProviderDelta | ProviderToolCallDelta | ProviderEnd, void, undefined> {
  const toolUses = new ToolUses();
  let message: Json | null = null;
  let usage: Json = {};
  let end: Json = {};
  for await (const event of readEvents(response)) {
    if (event['type'] === 'error') throw complaintOf(event, response.headers);
    if (event['type'] === 'message_start') {
      message = asRecord(event['message']);
      usage = known(message['usage']);
      yield { type: 'model', servedModelName: textOrNull(message['model']) };
    } else if (event['type'] === 'message_delta') {
      // The counts are cumulative: the last ones are those of the whole message.
      usage = { ...usage, ...known(event['usage']) };
      end = asRecord(event['delta']);
    } else {
      const text = textOf(event);
      if (text !== null) yield { type: 'delta', text };
      const call = toolUses.eventOf(event);
      if (call !== null) yield call;
    }
  }
  if (message === null) throw new ProviderError('provider_error', "The provider's answer is no message.");
  const reason = textOrNull(end['stop_reason']);
  if (reason === null) throw new ProviderError('connection', "The provider's answer stopped before its end.");
  yield {
    type: 'end',
    finishReason: FINISH_REASONS.get(reason) ?? reason,
    usage: readUsage({ ...usage, ...known(end) }),
    servedModelName: textOrNull(message['model']),
  };
}

async function* readEvents(response: Response): AsyncGenerator<Json, void, undefined> {
  let stopped = false;
  try {
    for await (const data of readServerSentEvents(bodyOf(response))) {
      const event = asRecord(JSON.parse(data));
      stopped ||= event['type'] === 'message_stop';
      yield event;
    }
  } catch (error) {
    // A line that breaks after the last event takes nothing from the answer.
    if (!stopped) throw error;
  }
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
    const { type, id, name, input } = asRecord(event['content_block']);
    if (type !== 'tool_use') return null;
    const index = this.blocks.size;
    // As a rule it is `{}`, and the text follows.
    const whole = Object.keys(known(input)).length === 0 ? '' : JSON.stringify(input);
    this.blocks.set(event['index'], { index, isEmpty: whole === '' });
    const head = { id: textOrNull(id) ?? '', name: textOrNull(name) ?? '' };
    return { type: 'tool_call', index, ...head, arguments: whole };
  }
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

function complaintOf(event: Json, headers: Headers): VendorError {
  const { type, message } = asRecord(event['error']);
  return new VendorError({ status: STATUS_OF_ERROR.get(type) ?? 500, words: [message, type], headers });
}
