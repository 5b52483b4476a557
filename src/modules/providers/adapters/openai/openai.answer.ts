import type { IncomingHttpHeaders } from 'node:http';
import { findUsage, isUsageKnown, parseUsage, readContent } from '../../../../answers/index.js';
import { parseJson } from '../../../../kernel/index.js';
import {
  ProviderError,
  type ProviderEnd,
  type ProviderEvent,
  type ProviderUsage,
} from '../../provider.contract.js';
import { AnswerParts } from '../vendor/answer/answer-parts.js';
import type { AnswerReader } from '../vendor/answer/answer-reader.js';
import { parseEventData, recordOrNull, recordsIn } from '../vendor/answer/event-data.js';
import { readToolCallPieces, ToolCallIndexes } from './openai.tool-calls.js';
import { complaintIn, complaintOfStranger } from '../vendor/answer/vendor-complaint.js';
import { textOrNull, type Json } from '../vendor/answer/vendor-json.js';

/**
 * Reads a chat completion, whole or in chunks, which differ only in `message` and `delta`. The SDK's own `Stream` is not used: it rescans
 * an unfinished event from its start with every packet (4 MiB without a blank line block the process for seconds), prints what it cannot
 * parse, cannot tell a finished answer from a dropped connection, and reads a JSON body as an empty stream.
 *
 * Many servers imitate OpenAI, and none exactly. Whatever is not part of the answer is skipped: chunks without a choice (the one with the
 * usage, Azure's first one, keep-alives), empty deltas, unknown events.
 */
export class ChatCompletionReader implements AnswerReader {
  private readonly parts = new AnswerParts({ isClosed: false });
  private hasAnswer = false;
  /** A document that is not part of an answer. Matters only if no answer comes. */
  private stranger: Json | null = null;
  private servedModelName: string | null = null;
  private usage: ProviderUsage = { promptTokens: null, responseTokens: null, raw: null };
  private readonly extras: Record<string, unknown> = {};
  private readonly indexes = new ToolCallIndexes();

  constructor(private readonly headers: () => IncomingHttpHeaders) {}

  get isOver(): boolean {
    return this.parts.isOver;
  }

  read(data: string): ProviderEvent[] {
    // Read and drop the rest after the end mark, because a connection abandoned earlier could not be reused.
    if (this.parts.isWhole) return [];
    const events: ProviderEvent[] = [];
    for (const item of this.parse(data)) {
      if (item === 'done') this.parts.isWhole = true;
      else this.readAnswer(item, events);
    }
    return events;
  }

  readDocument(json: string): ProviderEvent[] {
    const events: ProviderEvent[] = [];
    // Some gateways wrap the document in a list.
    for (const answer of recordsIn(parseJson(json))) this.readAnswer(answer, events);
    this.parts.isWhole = true;
    return events;
  }

  end(): ProviderEnd {
    if (!this.hasAnswer) throw complaintOfStranger(this.stranger, this.headers()) ?? noCompletion();
    const { finishReason, isUnfinished } = this.parts.finish();
    const { usage, servedModelName, extras } = this;
    return {
      type: 'end',
      // OpenAI ends a refusal with `stop`, as if it were an answer.
      finishReason: this.parts.hasRefusal && !isUnfinished ? 'content_filter' : finishReason,
      ...(isUnfinished ? { isUnfinished } : {}),
      usage,
      servedModelName,
      extras,
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

  private readAnswer(answer: Json, events: ProviderEvent[]): void {
    const choice = firstChoice(answer);
    const complaint = complaintIn(answer, this.headers()) ?? (choice && complaintIn(choice, this.headers()));
    if (complaint) throw complaint;
    this.readUsage(answer);
    if ('choices' in answer) this.readFacts(answer, events);
    if (choice === null) {
      this.stranger ??= answer;
      return;
    }
    this.hasAnswer = true;
    this.readChoice(choice, events);
    this.parts.endWith(choice['finish_reason']);
  }

  /** Some servers report running counts, so the last ones cover the whole answer. */
  private readUsage(answer: Json): void {
    const raw = findUsage(answer);
    if (raw === null) return;
    const counts = parseUsage(raw);
    if (this.usage.raw === null || isUsageKnown(counts)) this.usage = { ...counts, raw };
  }

  /** Reads the fields besides the choices: the served model, and those that OpenAI's clients see and our contract has no name for. */
  private readFacts(answer: Json, events: ProviderEvent[]): void {
    for (const name of EXTRAS) {
      const fact = textOrNull(answer[name]);
      if (fact !== null) this.extras[name] = fact;
    }
    const model = textOrNull(answer['model']);
    // Azure's first chunk has an empty model name.
    if (this.servedModelName === null && model !== null) {
      events.push({ type: 'model', servedModelName: model, extras: { ...this.extras } });
    }
    this.servedModelName = model ?? this.servedModelName;
  }

  private readChoice(choice: Json, events: ProviderEvent[]): void {
    const delta = recordOrNull(choice['delta']);
    const message = recordOrNull(choice['message']);
    // Some servers end a stream with a message that repeats the whole text.
    const said = delta ?? (this.parts.hasText || this.parts.hasCalls ? null : message);
    if (said !== null) return this.readMessage(said, events);
    if (message !== null) return;
    // Covers deltas that are plain strings, and the `text` of legacy completions.
    const content = choice['delta'] ?? choice['message'] ?? choice['text'];
    events.push(...this.parts.textEvents(readContent(content)));
  }

  private readMessage(message: Json, events: ProviderEvent[]): void {
    const content = readContent(message['content']);
    events.push(...this.parts.textEvents(content));
    const refusal = content.pieces.length === 0 ? textOrNull(message['refusal']) : null;
    if (refusal !== null) {
      const pieces = [{ text: refusal, isRefusal: true }];
      events.push(...this.parts.textEvents({ pieces, hasUnknown: false }));
    }
    // `function_call` is the older form of a single call.
    const items = message['tool_calls'] ?? message['function_call'];
    for (const event of this.indexes.toEvents(readToolCallPieces(items))) {
      this.parts.hasCalls = true;
      events.push(event);
    }
  }
}

const EXTRAS = ['system_fingerprint', 'service_tier'];

/** Returns the first choice, the only one requested; null if there is none. */
function firstChoice({ choices }: Json): Json | null {
  return recordsIn(choices)[0] ?? null;
}

function noCompletion(): ProviderError {
  return new ProviderError('provider_error', "The provider's answer is not a chat completion.");
}
