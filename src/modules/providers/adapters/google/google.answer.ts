import type { IncomingHttpHeaders } from 'node:http';
import { parseJson, writeJson } from '../../../../kernel/index.js';
import {
  ProviderError,
  type ProviderEnd,
  type ProviderEvent,
  type ProviderToolCallDelta,
} from '../../provider.contract.js';
import { parseUsage, readContent, type ReadContent } from '../../../../answers/index.js';
import { AnswerParts } from '../vendor/answer/answer-parts.js';
import type { AnswerReader } from '../vendor/answer/answer-reader.js';
import { parseEventData, recordOrEmpty, recordsIn } from '../vendor/answer/event-data.js';
import { complaintIn, complaintOfStranger } from '../vendor/answer/vendor-complaint.js';
import { textOrNull, type Json } from '../vendor/answer/vendor-json.js';

/** The vendor documents all of its words (API reference, "FinishReason"). */
const VOCABULARY = { isClosed: true } as const;

/**
 * Reads the answer of `generateContent`, or the events of `streamGenerateContent`, which are documents of the same form. The SDK's own
 * reader is not used: it rescans an unfinished event from its start with every packet, without a bound, and mistakes a cut-off stream for a
 * whole one.
 *
 * Gemini sends its request id in the answer and not in a header, so the first document produces the start event.
 */
export class GeneratedContentReader implements AnswerReader {
  private readonly parts = new AnswerParts(VOCABULARY);
  private hasStarted = false;
  private hasAnswer = false;
  private servedModelName: string | null = null;
  private stranger: Json | null = null;
  private usage: Json = {};
  private isBlocked = false;
  private callCount = 0;

  constructor(private readonly headers: () => IncomingHttpHeaders) {}

  get isOver(): boolean {
    return this.parts.isOver;
  }

  read(data: string): ProviderEvent[] {
    if (this.parts.isWhole) return [];
    const events: ProviderEvent[] = [];
    for (const item of this.parse(data)) {
      if (item === 'done') this.parts.isWhole = true;
      else this.readChunk(item, events);
    }
    return events;
  }

  /** A gateway that drops `alt=sse` makes a stream arrive as one list of its chunks. */
  readDocument(json: string): ProviderEvent[] {
    const events: ProviderEvent[] = [];
    for (const chunk of recordsIn(parseJson(json))) this.readChunk(chunk, events);
    this.parts.isWhole = true;
    return events;
  }

  end(): ProviderEnd {
    if (!this.hasAnswer) throw complaintOfStranger(this.stranger, this.headers()) ?? noContent();
    const { finishReason, isUnfinished } = this.isBlocked ? BLOCKED : this.parts.finish();
    return {
      type: 'end',
      // Gemini has no finish reason for tool calls.
      finishReason: finishReason === 'stop' && this.callCount > 0 ? 'tool_calls' : finishReason,
      ...(isUnfinished ? { isUnfinished } : {}),
      usage: { ...parseUsage(this.usage), raw: this.usage },
      servedModelName: this.servedModelName,
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

  private readChunk(chunk: Json, events: ProviderEvent[]): void {
    const complaint = complaintIn(chunk, this.headers());
    if (complaint !== null) throw complaint;
    const candidate = recordsIn(chunk['candidates'])[0];
    const blockReason = textOrNull(recordOrEmpty(chunk['promptFeedback'])['blockReason']);
    this.usage = { ...this.usage, ...pickFacts(chunk, candidate, blockReason) };
    this.servedModelName = textOrNull(chunk['modelVersion']) ?? this.servedModelName;
    if (candidate === undefined && blockReason === null) {
      this.stranger ??= chunk;
      return;
    }
    this.hasAnswer = true;
    this.start(chunk, events);
    // A blocked prompt has no answer, and so no finish reason.
    if (blockReason !== null) this.isBlocked = true;
    if (candidate === undefined) return;
    this.readCandidate(candidate, events);
    this.parts.endWith(candidate['finishReason']);
  }

  private start(chunk: Json, events: ProviderEvent[]): void {
    if (this.hasStarted) return;
    this.hasStarted = true;
    events.push({ type: 'start', providerRequestId: textOrNull(chunk['responseId']) });
    events.push({ type: 'model', servedModelName: this.servedModelName });
  }

  private readCandidate(candidate: Json, events: ProviderEvent[]): void {
    const { content } = candidate;
    const parts: unknown = recordOrEmpty(content)['parts'] ?? content;
    for (const part of Array.isArray(parts) ? parts : [parts]) {
      const { functionCall, thought } = recordOrEmpty(part);
      if (recordsIn(functionCall).length === 0) events.push(...this.parts.textEvents(readPart(part)));
      // Thought summaries are marked, and not part of the answer.
      else if (thought !== true) events.push(this.toToolCallDelta(recordOrEmpty(functionCall)));
    }
  }

  /** Each call comes whole, with its arguments as an object. Older models give no ids. */
  private toToolCallDelta({ id, name, args }: Json): ProviderToolCallDelta {
    const index = this.callCount;
    this.callCount += 1;
    this.parts.hasCalls = true;
    const known = textOrNull(id);
    return {
      type: 'tool_call',
      index,
      ...(known === null ? {} : { id: known }),
      name: textOrNull(name) ?? '',
      arguments: typeof args === 'string' ? args : writeJson(args ?? {}),
    };
  }
}

const BLOCKED = { finishReason: 'content_filter', isUnfinished: false } as const;

/** Skips empty parts. The last part of an answer may be empty, or hold only a signature. */
function readPart(part: unknown): ReadContent {
  const members = Object.keys(recordOrEmpty(part));
  if (members.length === 0 && typeof part !== 'string') return NOTHING;
  return readContent(part);
}

const NOTHING: ReadContent = { pieces: [], hasUnknown: false };

/** Picks the counts and reasons of a chunk. The last chunk that has any speaks for the whole answer. */
function pickFacts(chunk: Json, candidate: Json | undefined, blockReason: string | null): Json {
  const { finishReason, finishMessage } = candidate ?? {};
  return {
    ...recordOrEmpty(chunk['usageMetadata']),
    ...(finishReason === undefined ? {} : { finishReason }),
    ...(finishMessage === undefined ? {} : { finishMessage }),
    ...(blockReason === null ? {} : { blockReason }),
  };
}

function noContent(): ProviderError {
  return new ProviderError('provider_error', "The provider's answer has no content.");
}
