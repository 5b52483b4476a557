import type { RecordedUsage } from '../wire/index.js';

/** What a provider answered, as far as it is known. */
export interface Extracted {
  readonly text?: string | null | undefined;
  /** As the vendor calls it. */
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
    return {
      text: textIn(shapeOf(choice['message'])?.['content']),
      finishReason: stringOf(choice['finish_reason']),
      provider: 'openai',
      modelName: stringOf(result['model']),
      usage: usageOf(result['usage'], 'prompt_tokens', 'completion_tokens'),
      requestId: requestIdOf(result),
    };
  },
  function openaiResponse(result) {
    if (result['object'] !== 'response') return null;
    const outputs = shapesIn(result['output']).filter(({ type }) => type === 'message');
    return {
      text: stringOf(result['output_text']) ?? joined(outputs.map(({ content }) => textIn(content))),
      finishReason: stringOf(shapeOf(result['incomplete_details'])?.['reason']) ?? stringOf(result['status']),
      provider: 'openai',
      modelName: stringOf(result['model']),
      usage: usageOf(result['usage'], 'input_tokens', 'output_tokens'),
      requestId: requestIdOf(result),
    };
  },
  function anthropicMessage(result) {
    if (result['type'] !== 'message') return null;
    return {
      text: textIn(result['content']),
      finishReason: stringOf(result['stop_reason']),
      provider: 'anthropic',
      modelName: stringOf(result['model']),
      usage: usageOf(result['usage'], 'input_tokens', 'output_tokens'),
      requestId: requestIdOf(result),
    };
  },
  function geminiContent(result) {
    // Older libraries wrap it.
    const answer = shapeOf(result['response']) ?? result;
    const candidate = firstOf(answer['candidates']);
    if (candidate === null) return null;
    return {
      text: textIn(shapeOf(candidate['content'])?.['parts']),
      finishReason: stringOf(candidate['finishReason']),
      provider: 'google',
      modelName: stringOf(answer['modelVersion']),
      usage: usageOf(answer['usageMetadata'], 'promptTokenCount', 'candidatesTokenCount'),
      requestId: stringOf(answer['responseId']),
    };
  },
];

/** `promptField` and `responseField` as the vendor names its counts. */
export function usageOf(usage: unknown, promptField: string, responseField: string): RecordedUsage | null {
  const raw = shapeOf(usage);
  if (raw === null) return null;
  return { prompt_tokens: countOf(raw[promptField]), response_tokens: countOf(raw[responseField]), raw };
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

function shapesIn(value: unknown): Shape[] {
  return Array.isArray(value) ? value.map(shapeOf).filter((shape) => shape !== null) : [];
}

/** Of a text, or of parts that have one; a model's thoughts are no part of its answer. */
function textIn(content: unknown): string | null {
  if (typeof content === 'string') return content;
  return joined(
    shapesIn(content)
      .filter(({ thought }) => thought !== true)
      .map(({ text }) => stringOf(text)),
  );
}

function joined(texts: readonly (string | null)[]): string | null {
  const known = texts.filter((text) => text !== null);
  return known.length === 0 ? null : known.join('');
}

function countOf(value: unknown): number | null {
  return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : null;
}

/** The header's, which the vendor's support asks for; else that of the answer. */
function requestIdOf(result: Shape): string | null {
  return stringOf(result['_request_id']) ?? stringOf(result['id']);
}
