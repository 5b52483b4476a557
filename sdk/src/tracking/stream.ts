import { contentText } from '../../../src/answers/index.js';
import type { RecordedToolCall } from '../wire/index.js';
import { type Extracted, asFirst, asRecord, shapesIn, asString, toUsage } from './extract.js';

/** How a stream ended: read to its end, left by its reader, or broken. */
export interface StreamEnd {
  readonly extracted: Extracted;
  readonly error: unknown;
  readonly failed: boolean;
}

/** The limit of the gathered text; the ledger keeps about as much. */
const MAX_CHARS = 524_288;

export function isStream(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

/**
 * Observes a stream while its reader iterates with `for await`. The object stays the library's own and yields the same chunks. Gathers the
 * text of OpenAI's chunks; of other streams only the end is recorded.
 * @returns false when the object cannot be observed, which leaves it unchanged.
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
      // The reader left: the chunks so far are the answer.
      onEnd({ extracted: chunks.extracted, error: undefined, failed: false });
      await iterator.return?.();
    }
  }
}

/** Assembles the chunks of a chat completion. */
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
