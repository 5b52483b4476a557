import type { IncomingHttpHeaders } from 'node:http';
import { parseUsage, readContent, type ReadContent } from '../../../../answers/index.js';
import { JsonSource, parseJson, writeJson } from '../../../../kernel/index.js';
import {
  ProviderError,
  type ProviderEnd,
  type ProviderEvent,
  type ProviderToolCallDelta,
} from '../../provider.contract.js';
import { AnswerParts } from '../vendor/answer/answer-parts.js';
import type { AnswerReader } from '../vendor/answer/answer-reader.js';
import { parseEventData, recordOrEmpty, recordsIn } from '../vendor/answer/event-data.js';
import { complaintIn, complaintOfStranger } from '../vendor/answer/vendor-complaint.js';
import { textOrNull, type Json } from '../vendor/answer/vendor-json.js';

/** The vendor documents all of its words (API reference, "StopReason"). */
const VOCABULARY = { isClosed: true } as const;

/** Reads a message, whole or as events. Thinking is not part of the answer. Unknown blocks and events are skipped, as the vendor asks. */
export class MessageReader implements AnswerReader {
  private readonly parts = new AnswerParts(VOCABULARY);
  private readonly toolUses = new ToolUses();
  private message: Json | null = null;
  private stranger: Json | null = null;
  private usage: Json = {};
  private ending: Json = {};

  constructor(private readonly headers: () => IncomingHttpHeaders) {}

  get isOver(): boolean {
    return this.parts.isOver;
  }

  read(data: string): ProviderEvent[] {
    const events: ProviderEvent[] = [];
    for (const item of this.parse(data)) {
      if (item === 'done') this.parts.isWhole = true;
      else this.readEvent(item, events);
    }
    return events;
  }

  readDocument(json: string): ProviderEvent[] {
    const parsed: unknown = parseJson(json);
    // Some gateways wrap the document in a list.
    const [message] = recordsIn(parsed);
    if (message === undefined) throw noMessage();
    this.assertNoError(message);
    const { content, stop_reason, stop_sequence } = message;
    if (!Array.isArray(content) && typeof content !== 'string') {
      throw complaintOfStranger(message, this.headers()) ?? noMessage();
    }
    this.ending = { stop_reason, stop_sequence };
    this.parts.endWith(stop_reason);
    this.parts.isWhole = true;
    const source = Array.isArray(parsed) ? writeJson(message) : json;
    return [this.start(message), ...this.contentEvents(content, source)];
  }

  end(): ProviderEnd {
    if (this.message === null) throw complaintOfStranger(this.stranger, this.headers()) ?? noMessage();
    const { finishReason, isUnfinished } = this.parts.finish();
    const raw = { ...this.usage, ...known(this.ending) };
    return {
      type: 'end',
      finishReason,
      ...(isUnfinished ? { isUnfinished } : {}),
      usage: { ...parseUsage(raw), raw },
      servedModelName: textOrNull(this.message['model']),
    };
  }

  /** Ignores anything after the end of the answer, which is complete by then. */
  private parse(data: string): ReturnType<typeof parseEventData> {
    try {
      return parseEventData(data);
    } catch (error) {
      if (this.isOver) return [];
      throw error;
    }
  }

  private readEvent(event: Json, events: ProviderEvent[]): void {
    this.assertNoError(event);
    switch (event['type']) {
      case 'message_start':
        events.push(this.start(recordOrEmpty(event['message'])));
        return;
      case 'message_delta':
        // The counts are cumulative, so the last ones cover the whole message.
        this.usage = { ...this.usage, ...known(event['usage']) };
        this.ending = { ...this.ending, ...known(event['delta']) };
        this.parts.endWith(this.ending['stop_reason']);
        return;
      case 'message_stop':
        this.parts.isWhole = true;
        return;
      case 'content_block_start':
      case 'content_block_delta':
      case 'content_block_stop':
        this.message ??= {};
        this.readBlock(event, events);
        return;
      default:
        this.stranger ??= event;
    }
  }

  private start(message: Json): ProviderEvent {
    this.message = message;
    this.usage = known(message['usage']);
    return { type: 'model', servedModelName: textOrNull(message['model']) };
  }

  private assertNoError(said: Json): void {
    const isError = said['type'] === 'error';
    const complaint =
      complaintIn(said, this.headers()) ?? (isError && complaintOfStranger(said, this.headers()));
    if (complaint) throw complaint;
  }

  private readBlock(event: Json, events: ProviderEvent[]): void {
    events.push(...this.parts.textEvents(this.readContent(event)));
    const call = this.toolUses.toEvent(event);
    if (call === null) return;
    this.parts.hasCalls = true;
    events.push(call);
  }

  /** Reads the text that an event adds to the answer. */
  private readContent(event: Json): ReadContent {
    if (event['type'] === 'content_block_start') return readBlockContent(event['content_block']);
    if (event['type'] !== 'content_block_delta') return NOTHING;
    const delta = recordOrEmpty(event['delta']);
    return isOfType(delta, 'text_delta') ? { ...readContent(delta['text']), hasUnknown: false } : NOTHING;
  }

  /** Reads the blocks of a whole message. Arguments keep the text that the vendor sent, because parsing would round large numbers. */
  private contentEvents(content: string | readonly unknown[], json: string): ProviderEvent[] {
    if (typeof content === 'string') return this.parts.textEvents(readContent(content));
    const source = new JsonSource(json);
    let callCount = 0;
    return content.flatMap((item, position) => {
      const block = recordOrEmpty(item);
      if (!isToolUse(block)) return this.parts.textEvents(readBlockContent(item));
      const input = inputText(block['input'], () => source.find(['content', position, 'input']));
      const index = callCount;
      callCount += 1;
      this.parts.hasCalls = true;
      return [{ type: 'tool_call' as const, index, ...readHead(block), arguments: input }];
    });
  }
}

const NOTHING: ReadContent = { pieces: [], hasUnknown: false };

/** Types of blocks that are not part of the answer: what the model thought, what the vendor's own tools did. */
const BESIDE_THE_ANSWER = /think|tool|compaction|container/;

/** Reads the text of a block. A block of unknown type may be anything, so only its presence is recorded. */
function readBlockContent(block: unknown): ReadContent {
  if (typeof block === 'string') return readContent(block);
  const { type, text } = recordOrEmpty(block);
  if (isOfType({ type }, 'text')) return readContent(text);
  return { pieces: [], hasUnknown: !BESIDE_THE_ANSWER.test(String(type)) };
}

/** Some gateways leave the type out. */
function isOfType({ type }: Json, wanted: string): boolean {
  return type === wanted || type === undefined || type === null;
}

function isToolUse(block: Json): boolean {
  return block['type'] === 'tool_use';
}

/** Some gateways send the object as a string. */
function inputText(input: unknown, source: () => string | null): string {
  return typeof input === 'string' ? input : (source() ?? '{}');
}

function noMessage(): ProviderError {
  return new ProviderError('provider_error', "The provider's answer is not a message.");
}

/** Counts the blocks that call the caller's tools, but not those that the vendor runs itself. */
class ToolUses {
  /** Keyed by the position that events give. If a position occurs twice, it belongs to the later block. */
  private readonly blocks = new Map<unknown, { readonly index: number; isEmpty: boolean }>();
  private count = 0;

  /** Returns null for an event that is not part of a call, or adds nothing to it. */
  toEvent(event: Json): ProviderToolCallDelta | null {
    if (event['type'] === 'content_block_start') return this.start(event);
    const block = this.blocks.get(event['index']);
    if (block === undefined) return null;
    const { index } = block;
    if (event['type'] === 'content_block_stop') {
      // A tool without parameters gets no text at all.
      return block.isEmpty ? { type: 'tool_call', index, arguments: '{}' } : null;
    }
    const piece = textOrNull(recordOrEmpty(event['delta'])['partial_json']);
    if (piece === null) return null;
    block.isEmpty = false;
    return { type: 'tool_call', index, arguments: piece };
  }

  private start(event: Json): ProviderToolCallDelta | null {
    const block = recordOrEmpty(event['content_block']);
    this.blocks.delete(event['index']);
    if (!isToolUse(block)) return null;
    const index = this.count;
    this.count += 1;
    const whole = wholeInput(block['input']);
    this.blocks.set(event['index'], { index, isEmpty: whole === '' });
    return { type: 'tool_call', index, ...readHead(block), arguments: whole };
  }
}

/** Returns the input in a block's start, which is usually `{}`. Then the text follows in later events. */
function wholeInput(input: unknown): string {
  if (typeof input === 'string') return input;
  return Object.keys(known(input)).length === 0 ? '' : writeJson(input);
}

function readHead({ id, name }: Json): { readonly id: string; readonly name: string } {
  return { id: textOrNull(id) ?? '', name: textOrNull(name) ?? '' };
}

/** Drops nulls, so that a later null does not erase an earlier value. */
function known(value: unknown): Json {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== null));
}
