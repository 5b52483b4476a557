import { contentText, findUsage, isUsageKnown, parseUsage } from '../../../src/answers/index.js';
import type { RecordedToolCall, RecordedUsage } from '../wire/index.js';

/** The known parts of a provider's answer. */
export interface Extracted {
  readonly text?: string | null | undefined;
  /** The tool calls that the model requests. */
  readonly toolCalls?: readonly RecordedToolCall[] | null | undefined;
  /** The vendor's name for it. */
  readonly finishReason?: string | null | undefined;
  readonly provider?: string | null | undefined;
  readonly modelName?: string | null | undefined;
  readonly usage?: RecordedUsage | null | undefined;
  /** The vendor's request id. */
  readonly requestId?: string | null | undefined;
}

type Shape = Readonly<Record<string, unknown>>;
type Reader = (result: Shape) => Extracted | null;

/**
 * Reads an answer by its shape: OpenAI's chat completions and responses, Anthropic's messages, Gemini's contents, or a plain text.
 * @returns an empty result for anything else.
 */
export function extract(result: unknown): Extracted {
  if (typeof result === 'string') return { text: result };
  const shape = asRecord(result);
  if (shape === null) return {};
  for (const read of READERS) {
    const extracted = read(shape);
    if (extracted !== null) return extracted;
  }
  return {};
}

const READERS: readonly Reader[] = [
  function openaiChat(result) {
    const choice = asFirst(result['choices']);
    if (choice === null) return null;
    const message = asRecord(choice['message']) ?? {};
    return {
      text: contentText(message['content']) ?? asString(message['refusal']) ?? asString(choice['text']),
      toolCalls: shapesIn(message['tool_calls']).map(openaiCall),
      finishReason: asString(choice['finish_reason']),
      provider: 'openai',
      modelName: asString(result['model']),
      usage: toUsage(result),
      requestId: readRequestId(result),
    };
  },
  function openaiResponse(result) {
    if (result['object'] !== 'response') return null;
    const outputs = shapesIn(result['output']);
    const messages = outputs.filter(({ type }) => type === 'message');
    return {
      text: contentText(result['output_text']) ?? contentText(messages.map(({ content }) => content)),
      toolCalls: outputs.filter(({ type }) => type === 'function_call').map(openaiCall),
      finishReason:
        asString(asRecord(result['incomplete_details'])?.['reason']) ?? asString(result['status']),
      provider: 'openai',
      modelName: asString(result['model']),
      usage: toUsage(result),
      requestId: readRequestId(result),
    };
  },
  function anthropicMessage(result) {
    if (result['type'] !== 'message') return null;
    const blocks = shapesIn(result['content']).filter(({ type }) => type === 'tool_use');
    return {
      text: contentText(result['content']),
      toolCalls: blocks.map(({ id, name, input }) => toToolCall(id, name, input)),
      finishReason: asString(result['stop_reason']),
      provider: 'anthropic',
      modelName: asString(result['model']),
      usage: toUsage(result),
      requestId: readRequestId(result),
    };
  },
  function geminiContent(result) {
    // Older libraries wrap the answer.
    const answer = asRecord(result['response']) ?? result;
    const candidate = asFirst(answer['candidates']);
    if (candidate === null) return null;
    const parts = asRecord(candidate['content'])?.['parts'];
    const calls = shapesIn(parts).map(({ functionCall }) => asRecord(functionCall));
    return {
      text: contentText(parts),
      toolCalls: calls
        .filter((call) => call !== null)
        .map(({ id, name, args }) => toToolCall(id, name, args)),
      finishReason: asString(candidate['finishReason']),
      provider: 'google',
      modelName: asString(answer['modelVersion']),
      usage: toUsage(answer),
      requestId: asString(answer['responseId']),
    };
  },
];

/** Reads the usage of an answer or a chunk, both in the vendor's names and as the ledger counts. */
export function toUsage(answer: unknown): RecordedUsage | null {
  const raw = asRecord(findUsage(answer));
  if (raw === null) return null;
  const counts = parseUsage(raw);
  if (!isUsageKnown(counts)) return { prompt_tokens: null, response_tokens: null, raw };
  return { prompt_tokens: counts.promptTokens, response_tokens: counts.responseTokens, raw };
}

export function asRecord(value: unknown): Shape | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Shape) : null;
}

export function asString(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

export function asFirst(value: unknown): Shape | null {
  return shapesIn(value)[0] ?? null;
}

export function shapesIn(value: unknown): Shape[] {
  return Array.isArray(value) ? value.map(asRecord).filter((shape) => shape !== null) : [];
}

/** Reads a call of a chat, which has a `function`, or of a response, where it is an item. */
function openaiCall(call: Shape): RecordedToolCall {
  const { name, arguments: text } = asRecord(call['function']) ?? call;
  return toToolCall(call['call_id'] ?? call['id'], name, text);
}

function toToolCall(id: unknown, name: unknown, input: unknown): RecordedToolCall {
  const text = typeof input === 'string' ? input : JSON.stringify(input ?? {});
  return { id: asString(id), name: asString(name) ?? '', arguments: text };
}

/** Prefers the id from the header, which the vendor's support asks for, over that of the answer. */
function readRequestId(result: Shape): string | null {
  return asString(result['_request_id']) ?? asString(result['id']);
}
