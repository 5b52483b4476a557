import {
  ProviderError,
  type ProviderEnd,
  type ProviderEvent,
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
  for await (const data of readServerSentEvents(bodyOf(response))) {
    const chunk = asRecord(JSON.parse(data));
    if (chunk['error'] !== undefined) throw complaintIn(chunk, 500, response.headers);
    if (last === null) yield { type: 'start', providerRequestId: textOrNull(chunk['responseId']) };
    last = chunk;
    usage = { ...usage, ...facts(chunk) };
    const candidate = candidateOf(chunk);
    reason = textOrNull(candidate['finishReason']) ?? blockReasonOf(chunk) ?? reason;
    const text = textOf(candidate);
    if (text !== '') yield { type: 'delta', text };
  }
  if (last === null) throw new ProviderError('provider_error', "The provider's answer is no content.");
  if (reason === null) throw new ProviderError('connection', "The provider's answer stopped before its end.");
  yield endOf(reason, usage, last);
}

function endOf(reason: string, raw: Json, last: Json): ProviderEnd {
  // A prompt that was blocked has no answer whose end could be told.
  const blocked = raw['blockReason'] !== undefined;
  return {
    type: 'end',
    finishReason: blocked ? 'content_filter' : (FINISH_REASONS.get(reason) ?? reason),
    usage: readUsage(raw),
    servedModelName: textOrNull(last['modelVersion']),
  };
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

function textOf(candidate: Json): string {
  const parts: unknown = asRecord(candidate['content'] ?? {})['parts'] ?? [];
  if (!Array.isArray(parts)) return '';
  // Summaries of thoughts are marked, and no part of the answer.
  return parts
    .map(asRecord)
    .filter((part) => part['thought'] !== true)
    .map((part) => textOrNull(part['text']) ?? '')
    .join('');
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
