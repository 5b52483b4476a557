import type { ProviderEvent } from '../../../provider.contract.js';
import type { AnswerReader } from '../answer/answer-reader.js';

/**
 * The event that a body ends with, without the empty line that ends an event. Where the body was cut within it, it is no
 * JSON and holds nothing; the reader then knows whether the answer has its end.
 */
export function readLastEvent(reader: AnswerReader, data: string): readonly ProviderEvent[] {
  try {
    return reader.read(data);
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}
