import { ProviderError } from '../provider.contract.js';

/**
 * An answer longer than the limit by this factor is cut off. Beyond the limit it is only measured and hashed, to tell how much is missing,
 * which is not worth reading an endless answer for.
 */
const CUT_OFF_FACTOR = 16;

/** Returns the most bytes of text and calls to read of an answer when `maxResponseBytes` of it are kept. */
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
