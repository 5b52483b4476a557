import { ProviderError } from '../provider.contract.js';

/**
 * An answer that is this many times too long is cut off and not read to its end: it is measured and hashed beyond the limit only to
 * tell how much is missing, which is not worth an endless answer.
 */
const CUT_OFF_FACTOR = 16;

/** The most bytes of text and calls that are read of an answer of which `maxResponseBytes` are kept. */
export function mostAnswerBytes(maxResponseBytes: number): number {
  return maxResponseBytes * CUT_OFF_FACTOR;
}

/** @throws ProviderError `provider_error` when the answer is far too long. */
export function assertNotEndless(answerBytes: number, maxResponseBytes: number): void {
  const mostBytes = mostAnswerBytes(maxResponseBytes);
  if (answerBytes <= mostBytes) return;
  throw new ProviderError(
    'provider_error',
    `The provider's answer was cut off after ${mostBytes} bytes, ${CUT_OFF_FACTOR} times MAX_RESPONSE_BYTES.`,
    { isCut: true },
  );
}
