import type { IncomingHttpHeaders } from 'node:http';
import { parseJson, writeJson } from '../../../kernel/index.js';
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
import { asRecord, textOrNull, type Json } from './vendor-json.js';

/** Gemini's words for the end of an answer; any other is passed on as it is. */
const FINISH_REASONS: ReadonlyMap<string, string> = new Map([
  ['STOP', 'stop'],
  ['MAX_TOKENS', 'length'],
  ['SAFETY', 'content_filter'],
  ['RECITATION', 'content_filter'],
  ['BLOCKLIST', 'content_filter'],
  ['PROHIBITED_CONTENT', 'content_filter'],
  ['SPII', 'content_filter'],
]);

/**
 * Reads what `generateContent` answers, or the events of `streamGenerateContent`: each is a document of the same form.
 * The SDK's own reader is not used for it: it rescans an unfinished event from its start with every packet, without a
 * bound, and takes a stream that was cut off for a whole one.
 *
 * Gemini has its id of the request in the answer and not in a header, so the start is told with the first document.
 */
export class GeneratedContentReader implements AnswerReader {
  isOver = false;

  private last: Json | null = null;
  private usage: Json = {};
  private reason: string | null = null;
  private callCount = 0;

  constructor(private readonly headers: () => IncomingHttpHeaders) {}

  read(data: string): ProviderEvent[] {
    const chunk = asRecord(parseJson(data));
    if (chunk['error'] !== undefined) throw complaintIn(chunk, 500, this.headers());
    const events: ProviderEvent[] = [];
    if (this.last === null) {
      events.push({ type: 'start', providerRequestId: textOrNull(chunk['responseId']) });
      events.push({ type: 'model', servedModelName: textOrNull(chunk['modelVersion']) });
    }
    this.last = chunk;
    this.usage = { ...this.usage, ...facts(chunk) };
    const candidate = candidateOf(chunk);
    this.reason = textOrNull(candidate['finishReason']) ?? blockReasonOf(chunk) ?? this.reason;
    const text = textOf(candidate);
    if (text !== '') events.push({ type: 'delta', text });
    for (const call of callsOf(candidate)) {
      events.push({ type: 'tool_call', index: this.callCount, ...call });
      this.callCount += 1;
    }
    return events;
  }

  readDocument(json: string): ProviderEvent[] {
    const events = this.read(json);
    this.isOver = true;
    return events;
  }

  end(): ProviderEnd {
    const { last, reason, usage } = this;
    if (last === null) throw new ProviderError('provider_error', "The provider's answer is no content.");
    if (reason === null) {
      throw new ProviderError('connection', "The provider's answer stopped before its end.");
    }
    const end = finishReasonOf(reason, usage);
    return {
      type: 'end',
      // Gemini has no word of its own for it.
      finishReason: end === 'stop' && this.callCount > 0 ? 'tool_calls' : end,
      usage: readUsage(usage),
      servedModelName: textOrNull(last['modelVersion']),
    };
  }
}

/** A prompt that was blocked has no answer whose end could be told. */
function finishReasonOf(reason: string, raw: Json): string {
  if (raw['blockReason'] !== undefined) return 'content_filter';
  return FINISH_REASONS.get(reason) ?? reason;
}

/** Counts and reasons of a chunk: those of the last one that says any are those of the whole answer. */
function facts(chunk: Json): Json {
  const { finishReason } = candidateOf(chunk);
  const blockReason = blockReasonOf(chunk);
  return {
    ...(typeof chunk['usageMetadata'] === 'object' ? chunk['usageMetadata'] : {}),
    ...(finishReason === undefined ? {} : { finishReason }),
    ...(blockReason === null ? {} : { blockReason }),
  };
}

/** Gemini counts reasoning apart from the answer, and leaves out counts that are zero. */
function readUsage(raw: Json): ProviderUsage {
  const answer = tokenCount(raw['candidatesTokenCount']);
  const thoughts = tokenCount(raw['thoughtsTokenCount']);
  const responseTokens = answer === null && thoughts === null ? null : (answer ?? 0) + (thoughts ?? 0);
  return {
    promptTokens: tokenCount(raw['promptTokenCount']),
    responseTokens,
    cachedPromptTokens: tokenCount(raw['cachedContentTokenCount']),
    reasoningTokens: thoughts,
    raw,
  };
}

function candidateOf(chunk: Json): Json {
  const candidates: unknown = chunk['candidates'];
  return Array.isArray(candidates) ? asRecord(candidates[0] ?? {}) : {};
}

/** Without the summaries of thoughts, which are marked, and no part of the answer. */
function partsOf(candidate: Json): Json[] {
  const parts: unknown = asRecord(candidate['content'] ?? {})['parts'] ?? [];
  return Array.isArray(parts) ? parts.map(asRecord).filter((part) => part['thought'] !== true) : [];
}

function textOf(candidate: Json): string {
  return partsOf(candidate)
    .map((part) => textOrNull(part['text']) ?? '')
    .join('');
}

/** Each comes whole, its arguments an object. Older models give no ids. */
function callsOf(candidate: Json): Omit<ProviderToolCallDelta, 'type' | 'index'>[] {
  const called = partsOf(candidate).map((part) => part['functionCall']);
  return called
    .filter((call) => call !== undefined)
    .map((call) => {
      const { id, name, args } = asRecord(call);
      const known = textOrNull(id);
      return {
        ...(known === null ? {} : { id: known }),
        name: textOrNull(name) ?? '',
        arguments: writeJson(args ?? {}),
      };
    });
}

function blockReasonOf(chunk: Json): string | null {
  return textOrNull(asRecord(chunk['promptFeedback'] ?? {})['blockReason']);
}

/** An answer that is no success. Never throws, whatever its body is. */
export function readContentComplaint({ status, headers, body }: FailedResponse): VendorError {
  try {
    const answer: unknown = JSON.parse(body);
    // Without `alt=sse` on the way, some gateways send the error as the only item of a list.
    return complaintIn(asRecord(Array.isArray(answer) ? answer[0] : answer), status, headers);
  } catch {
    return new VendorError({ status, words: [], headers });
  }
}

function complaintIn(body: Json, status: number, headers: IncomingHttpHeaders): VendorError {
  const error = asRecord(body['error']);
  const { code } = error;
  const isStatus = typeof code === 'number' && code >= 400 && code <= 599;
  return new VendorError({
    status: isStatus ? code : status,
    words: [error['message'], error['status']],
    headers,
    retryAfter: retryDelayOf(error['details']),
  });
}

/** Google says how long to wait in the body: `{"@type": "…/google.rpc.RetryInfo", "retryDelay": "37s"}`. */
function retryDelayOf(details: unknown): string | null {
  if (!Array.isArray(details)) return null;
  for (const detail of details) {
    const delay = textOrNull(asRecord(detail)['retryDelay']);
    if (delay !== null && /^\d+(\.\d+)?s$/.test(delay)) return delay.slice(0, -1);
  }
  return null;
}
