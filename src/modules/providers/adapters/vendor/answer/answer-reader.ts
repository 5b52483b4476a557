import type { ProviderEnd, ProviderEvent } from '../../../provider.contract.js';

/** Reads one answer of a vendor, in any form. */
export interface AnswerReader {
  /**
   * Reads the data of one event of an event stream.
   * @throws ProviderError for nonsense, VendorError for an error in mid-stream, SyntaxError for invalid JSON.
   */
  read(data: string): readonly ProviderEvent[];

  /** Reads an answer that is one document, and throws like {@link read}. */
  readDocument(json: string): readonly ProviderEvent[];

  /** Whether the answer is complete, even if the connection breaks now. */
  readonly isOver: boolean;

  /** @throws ProviderError `connection` when the answer was cut off, `provider_error` when there was none. */
  end(): ProviderEnd;
}
