import { contentText } from '../../../src/answers/index.js';
import type { RecordedToolCall } from '../wire/index.js';
import { type Extracted, asFirst, asRecord, shapesIn, asString, toUsage } from './extract.js';

/** The end of a stream: read to its end, left by its reader, or broken. */
export interface StreamEnd {
  readonly extracted: Extracted;
  readonly error: unknown;
  readonly failed: boolean;
}

/** Bounds a text that is gathered; the ledger keeps about as much. */
const MAX_CHARS = 524_288;

export function isStream(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

/**
 * Listens in on whoever reads the stream with `for await`: it stays the very object that the library gave, and gives
 * the very chunks. The text is gathered from OpenAI's chunks; of others only the end is known.
 * @returns false when the object cannot be listened to; nothing is changed then.
 */
export function observeStream(stream: AsyncIterable<unknown>, onEnd: (end: StreamEnd) => void): boolean {
  const start = stream[Symbol.asyncIterator].bind(stream);
  try {
    return Reflect.defineProperty(stream, Symbol.asyncIterator, {
      configurable: true,
      writable: true,
      value: () => observed(start(), onEnd),
    });
  } catch {
    return false;
  }
}

async function* observed(
  iterator: AsyncIterator<unknown>,
  onEnd: (end: StreamEnd) => void,
): AsyncGenerator<unknown, unknown, undefined> {
  const chunks = new OpenAiChunks();
  let isOver = false;
  try {
    for (let next = await iterator.next(); ; next = await iterator.next()) {
      if (next.done === true) {
        isOver = true;
        onEnd({ extracted: chunks.extracted, error: undefined, failed: false });
        return next.value as unknown;
      }
      chunks.add(next.value);
      yield next.value;
    }
  } catch (error) {
    isOver = true;
    onEnd({ extracted: chunks.extracted, error, failed: true });
    throw error;
  } finally {
    if (!isOver) {
      // Its reader left: what came so far is the answer.
      onEnd({ extracted: chunks.extracted, error: undefined, failed: false });
      await iterator.return?.();
    }
  }
}

/** The chunks of a chat completion, put together. */
class OpenAiChunks {
  private text: string | null = null;
  private readonly calls = new Map<unknown, RecordedToolCall>();
  private known: Omit<Extracted, 'text' | 'toolCalls'> = {};

  get extracted(): Extracted {
    return { ...this.known, text: this.text, toolCalls: [...this.calls.values()] };
  }

  add(chunk: unknown): void {
    const shape = asRecord(chunk);
    if (shape?.['object'] !== 'chat.completion.chunk') return;
    const choice = asFirst(shape['choices']);
    const delta = asRecord(choice?.['delta']);
    const text = contentText(delta?.['content']) ?? contentText(delta?.['refusal']);
    if (text !== null) this.text = ((this.text ?? '') + text).slice(0, MAX_CHARS);
    for (const piece of shapesIn(delta?.['tool_calls'])) this.addCall(piece);
    this.known = {
      provider: 'openai',
      modelName: asString(shape['model']) ?? this.known.modelName,
      requestId: asString(shape['id']) ?? this.known.requestId,
      finishReason: asString(choice?.['finish_reason']) ?? this.known.finishReason,
      usage: toUsage(shape) ?? this.known.usage,
    };
  }

  private addCall({ index, id, function: called }: Readonly<Record<string, unknown>>): void {
    const { name, arguments: text } = asRecord(called) ?? {};
    const key = index ?? id ?? this.calls.size;
    const call = this.calls.get(key) ?? { id: asString(id), name: '', arguments: '' };
    this.calls.set(key, {
      id: call.id ?? null,
      name: call.name === '' ? (asString(name) ?? '') : call.name,
      arguments: (call.arguments + (asString(text) ?? '')).slice(0, MAX_CHARS),
    });
  }
}
