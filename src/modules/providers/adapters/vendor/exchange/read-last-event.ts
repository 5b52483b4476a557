import type { ProviderEvent } from '../../../provider.contract.js';
import type { AnswerReader } from '../answer/answer-reader.js';

/**
 * Reads the last event of a body, which lacks its final empty line. If the body was cut within the event, its data is not JSON and is
 * dropped, and the reader then knows whether the answer is complete.
 */
export function readLastEvent(reader: AnswerReader, data: string): readonly ProviderEvent[] {
  try {
    return reader.read(data);
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}
