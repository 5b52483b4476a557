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
import { readToolCallPieces, ToolCallIndexes, type ToolCallPiece } from './openai.tool-calls.js';
import { VendorError } from './vendor-error.js';
import { asRecord, textOrNull, type Json } from './vendor-json.js';
import { bodyOf } from './vendor-transport.js';

/**
 * A whole JSON answer is read at once and takes several times its size in memory, once per call under way. The same
 * bound as that of one event of a stream: eight times what is stored by default.
 */
const MAX_JSON_BYTES = 4 * 1024 * 1024;

/** Of a chunk of a stream, or of a whole completion: they differ only in `delta` and `message`. */
interface ChatAnswer {
  readonly text: string;
  /** Whether the text is the model's refusal, which has a field of its own. */
  readonly refused: boolean;
  readonly toolCalls: readonly ToolCallPiece[];
  readonly finishReason: string | null;
  readonly servedModelName: string | null;
  readonly usage: ProviderUsage | null;
  readonly extras: Json;
}

/**
 * Reads the body of a chat completion. Not with the SDK's own `Stream`: it rescans an unfinished event from its
 * start with every packet (4 MiB without a blank line hold the process for seconds), prints what it cannot parse,
 * cannot tell an ended answer from a cut line, and reads a JSON body as an empty stream.
 *
 * @throws ProviderError `connection` when the body ends early, `provider_error` when it is something else;
 *   VendorError for an error in mid-stream; whatever the line throws.
 */
export async function* readChatCompletion(
  response: Response,
): AsyncGenerator<ProviderModel | ProviderDelta | ProviderToolCallDelta | ProviderEnd, void, undefined> {
  const isJson = response.headers.get('content-type')?.includes('application/json') ?? false;
  const answers = isJson ? readWhole(response) : readChunks(response);
  let finishReason: string | null = null;
  let servedModelName: string | null = null;
  let usage: ProviderUsage = { promptTokens: null, responseTokens: null, raw: null };
  let extras: Json = {};
  const indexes = new ToolCallIndexes();
  let refused = false;
  let seen = 0;
  for await (const answer of answers) {
    seen += 1;
    extras = { ...extras, ...answer.extras };
    // Azure's first chunk has an empty one.
    if (!servedModelName && answer.servedModelName) {
      yield { type: 'model', servedModelName: answer.servedModelName, extras };
    }
    if (answer.text !== '') {
      yield { type: 'delta', text: answer.text, ...(answer.refused ? { refusal: true } : {}) };
    }
    for (const piece of answer.toolCalls) {
      const event = indexes.eventOf(piece);
      if (event !== null) yield event;
    }
    refused ||= answer.refused;
    finishReason = answer.finishReason ?? finishReason;
    servedModelName = answer.servedModelName ?? servedModelName;
    usage = answer.usage ?? usage;
  }
  if (seen === 0) throw new ProviderError('provider_error', "The provider's answer is no chat completion.");
  if (finishReason === null) {
    throw new ProviderError('connection', "The provider's answer stopped before its end.");
  }
  // OpenAI ends a refusal with `stop`, as if it were an answer.
  const reason = refused ? 'content_filter' : finishReason;
  yield { type: 'end', finishReason: reason, usage, servedModelName, extras };
}

/** Some servers answer `stream: true` with one JSON document. */
async function* readWhole(response: Response): AsyncGenerator<ChatAnswer, void, undefined> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of bodyOf(response)) {
    chunks.push(chunk);
    sizeBytes += chunk.length;
    if (sizeBytes > MAX_JSON_BYTES) {
      throw new ProviderError('provider_error', `The provider's answer is over ${MAX_JSON_BYTES} bytes.`);
    }
  }
  yield parseAnswer(Buffer.concat(chunks).toString('utf8'), response);
}

async function* readChunks(response: Response): AsyncGenerator<ChatAnswer, void, undefined> {
  let done = false;
  try {
    for await (const data of readServerSentEvents(bodyOf(response))) {
      // Read on to the end of the body: a connection left earlier cannot be used again.
      if (data.startsWith('[DONE]')) done = true;
      else if (!done) yield parseAnswer(data, response);
    }
  } catch (error) {
    // A line that breaks after the end mark takes nothing from the answer.
    if (!done) throw error;
  }
}

function parseAnswer(json: string, response: Response): ChatAnswer {
  const answer = asRecord(JSON.parse(json));
  if (answer['error'] !== undefined && answer['error'] !== null) {
    throw complaintOf(asRecord(answer['error']), response.headers);
  }
  const choices: unknown = answer['choices'];
  if (!Array.isArray(choices)) {
    throw new ProviderError('provider_error', "The provider's answer is no chat completion.");
  }
  // The chunk with the usage has no choice, nor has Azure's first one.
  const choice = asRecord(choices[0] ?? {});
  const message = asRecord(choice['delta'] ?? choice['message'] ?? {});
  const content = textOrNull(message['content']);
  const refusal = content === null ? textOrNull(message['refusal']) : null;
  return {
    text: content ?? refusal ?? '',
    refused: refusal !== null,
    toolCalls: readToolCallPieces(message['tool_calls']),
    finishReason: textOrNull(choice['finish_reason']),
    servedModelName: textOrNull(answer['model']),
    usage: parseUsage(answer['usage']),
    extras: extrasOf(answer),
  };
}

/** What a client of OpenAI's sees beside the answer, and we have no name of our own for. */
function extrasOf(answer: Json): Json {
  const facts = ['system_fingerprint', 'service_tier'].map((name) => [name, textOrNull(answer[name])]);
  return Object.fromEntries(facts.filter(([, fact]) => fact !== null)) as Json;
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
function complaintOf({ message, code }: Json, headers: Headers): VendorError {
  const isStatus = typeof code === 'number' && code >= 400 && code <= 599;
  return new VendorError({ status: isStatus ? code : 500, words: [message, code], headers });
}
