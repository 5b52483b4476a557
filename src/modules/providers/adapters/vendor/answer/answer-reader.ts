import type { ProviderEnd, ProviderEvent } from '../../../provider.contract.js';

/** Reads one answer of a vendor, whichever form it comes in. */
export interface AnswerReader {
  /**
   * The data of one event of an event stream.
   * @throws ProviderError for what makes no sense, VendorError for an error in mid-stream, SyntaxError for no JSON.
   */
  read(data: string): readonly ProviderEvent[];

  /** The same of an answer that is one document. */
  readDocument(json: string): readonly ProviderEvent[];

  /** Whether a line that breaks now takes nothing from the answer. */
  readonly isOver: boolean;

  /** @throws ProviderError `connection` when the answer is not whole, `provider_error` when it was none at all. */
  end(): ProviderEnd;
}
