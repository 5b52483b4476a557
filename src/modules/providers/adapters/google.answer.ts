import {
  ProviderError,
  type ProviderEvent,
  type ProviderToolCallDelta,
  type ProviderUsage,
} from '../provider.contract.js';
import { readServerSentEvents } from '../server-sent-events.js';
import { tokenCount } from '../token-count.js';
import { VendorError } from './vendor-error.js';
import { asRecord, textOrNull, type Json } from './vendor-json.js';
import { bodyOf } from './vendor-transport.js';

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
 * Reads the event stream of `streamGenerateContent`. Not with the SDK's own reader: it rescans an unfinished event
 * from its start with every packet, without a bound, and takes a stream that was cut off for a whole one.
 *
 * Gemini has its id of the request in the answer and not in a header, so the start is told with the first event.
 *
 * @throws ProviderError `connection` when the body ends early, `provider_error` when it is something else;
 *   VendorError for an error in mid-stream; whatever the line throws.
 */
export async function* readGeneratedContent(
  response: Response,
): AsyncGenerator<ProviderEvent, void, undefined> {
  let last: Json | null = null;
  let usage: Json = {};
  let reason: string | null = null;
  let callCount = 0;
  for await (const data of readServerSentEvents(bodyOf(response))) {
    const chunk = asRecord(JSON.parse(data));
    if (chunk['error'] !== undefined) throw complaintIn(chunk, 500, response.headers);
    if (last === null) {
      yield { type: 'start', providerRequestId: textOrNull(chunk['responseId']) };
      yield { type: 'model', servedModelName: textOrNull(chunk['modelVersion']) };
    }
    last = chunk;
    usage = { ...usage, ...facts(chunk) };
    const candidate = candidateOf(chunk);
    reason = textOrNull(candidate['finishReason']) ?? blockReasonOf(chunk) ?? reason;
    const text = textOf(candidate);
    if (text !== '') yield { type: 'delta', text };
    for (const call of callsOf(candidate)) {
      yield { type: 'tool_call', index: callCount, ...call };
      callCount += 1;
    }
  }
  if (last === null) throw new ProviderError('provider_error', "The provider's answer is no content.");
  if (reason === null) throw new ProviderError('connection', "The provider's answer stopped before its end.");
  const end = finishReasonOf(reason, usage);
  // Gemini has no word of its own for it.
  const finishReason = end === 'stop' && callCount > 0 ? 'tool_calls' : end;
  yield {
    type: 'end',
    finishReason,
    usage: readUsage(usage),
    servedModelName: textOrNull(last['modelVersion']),
  };
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
        arguments: JSON.stringify(args ?? {}),
      };
    });
}

function blockReasonOf(chunk: Json): string | null {
  return textOrNull(asRecord(chunk['promptFeedback'] ?? {})['blockReason']);
}

/** An answer that is no success. Never throws, whatever its body is. */
export async function readComplaint(response: Response): Promise<VendorError> {
  const { status, headers } = response;
  try {
    const body: unknown = JSON.parse(await response.text());
    // Without `alt=sse` on the way, some gateways send the error as the only item of a list.
    return complaintIn(asRecord(Array.isArray(body) ? body[0] : body), status, headers);
  } catch {
    return new VendorError({ status, words: [], headers });
  }
}

function complaintIn(body: Json, status: number, headers: Headers): VendorError {
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
