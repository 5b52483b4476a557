import { contentText, findUsage, isUsageKnown, parseUsage } from '../../../src/answers/index.js';
import type { RecordedToolCall, RecordedUsage } from '../wire/index.js';

/** A provider's answer, as far as it is known. */
export interface Extracted {
  readonly text?: string | null | undefined;
  /** The tools that the model wants called. */
  readonly toolCalls?: readonly RecordedToolCall[] | null | undefined;
  /** The vendor's name for it. */
  readonly finishReason?: string | null | undefined;
  readonly provider?: string | null | undefined;
  readonly modelName?: string | null | undefined;
  readonly usage?: RecordedUsage | null | undefined;
  /** The vendor's own id of the request. */
  readonly requestId?: string | null | undefined;
}

type Shape = Readonly<Record<string, unknown>>;
type Reader = (result: Shape) => Extracted | null;

/**
 * Reads an answer by its shape: OpenAI's chat completions and responses, Anthropic's messages, Gemini's contents, or a
 * plain text.
 * @returns nothing known for anything else.
 */
export function extract(result: unknown): Extracted {
  if (typeof result === 'string') return { text: result };
  const shape = shapeOf(result);
  if (shape === null) return {};
  for (const read of READERS) {
    const extracted = read(shape);
    if (extracted !== null) return extracted;
  }
  return {};
}

const READERS: readonly Reader[] = [
  function openaiChat(result) {
    const choice = firstOf(result['choices']);
    if (choice === null) return null;
    const message = shapeOf(choice['message']) ?? {};
    return {
      text: contentText(message['content']) ?? stringOf(message['refusal']) ?? stringOf(choice['text']),
      toolCalls: shapesIn(message['tool_calls']).map(openaiCall),
      finishReason: stringOf(choice['finish_reason']),
      provider: 'openai',
      modelName: stringOf(result['model']),
      usage: usageOf(result),
      requestId: requestIdOf(result),
    };
  },
  function openaiResponse(result) {
    if (result['object'] !== 'response') return null;
    const outputs = shapesIn(result['output']);
    const messages = outputs.filter(({ type }) => type === 'message');
    return {
      text: contentText(result['output_text']) ?? contentText(messages.map(({ content }) => content)),
      toolCalls: outputs.filter(({ type }) => type === 'function_call').map(openaiCall),
      finishReason: stringOf(shapeOf(result['incomplete_details'])?.['reason']) ?? stringOf(result['status']),
      provider: 'openai',
      modelName: stringOf(result['model']),
      usage: usageOf(result),
      requestId: requestIdOf(result),
    };
  },
  function anthropicMessage(result) {
    if (result['type'] !== 'message') return null;
    const blocks = shapesIn(result['content']).filter(({ type }) => type === 'tool_use');
    return {
      text: contentText(result['content']),
      toolCalls: blocks.map(({ id, name, input }) => toolCallOf(id, name, input)),
      finishReason: stringOf(result['stop_reason']),
      provider: 'anthropic',
      modelName: stringOf(result['model']),
      usage: usageOf(result),
      requestId: requestIdOf(result),
    };
  },
  function geminiContent(result) {
    // Older libraries wrap it.
    const answer = shapeOf(result['response']) ?? result;
    const candidate = firstOf(answer['candidates']);
    if (candidate === null) return null;
    const parts = shapeOf(candidate['content'])?.['parts'];
    const calls = shapesIn(parts).map(({ functionCall }) => shapeOf(functionCall));
    return {
      text: contentText(parts),
      toolCalls: calls
        .filter((call) => call !== null)
        .map(({ id, name, args }) => toolCallOf(id, name, args)),
      finishReason: stringOf(candidate['finishReason']),
      provider: 'google',
      modelName: stringOf(answer['modelVersion']),
      usage: usageOf(answer),
      requestId: stringOf(answer['responseId']),
    };
  },
];

/** Reads the usage of an answer, or of a chunk, in the vendor's words and as the ledger counts. */
export function usageOf(answer: unknown): RecordedUsage | null {
  const raw = shapeOf(findUsage(answer));
  if (raw === null) return null;
  const counts = parseUsage(raw);
  if (!isUsageKnown(counts)) return { prompt_tokens: null, response_tokens: null, raw };
  return { prompt_tokens: counts.promptTokens, response_tokens: counts.responseTokens, raw };
}

export function shapeOf(value: unknown): Shape | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Shape) : null;
}

export function stringOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

export function firstOf(value: unknown): Shape | null {
  return shapesIn(value)[0] ?? null;
}

export function shapesIn(value: unknown): Shape[] {
  return Array.isArray(value) ? value.map(shapeOf).filter((shape) => shape !== null) : [];
}

/** Reads the calls of a chat, which have a `function`, and of a response, where they are items. */
function openaiCall(call: Shape): RecordedToolCall {
  const { name, arguments: text } = shapeOf(call['function']) ?? call;
  return toolCallOf(call['call_id'] ?? call['id'], name, text);
}

function toolCallOf(id: unknown, name: unknown, input: unknown): RecordedToolCall {
  const text = typeof input === 'string' ? input : JSON.stringify(input ?? {});
  return { id: stringOf(id), name: stringOf(name) ?? '', arguments: text };
}

/** The header's, which the vendor's support asks for; else that of the answer. */
function requestIdOf(result: Shape): string | null {
  return stringOf(result['_request_id']) ?? stringOf(result['id']);
}
