import { ProviderError, type ProviderEnd } from '../provider.contract.js';
import { safeVendorMessage } from './safe-message.js';

/** The vendors' longest has 25. */
const LONGEST_WORD = 60;

/** The failure that an answer is when its vendor says that it is not finished; null for one that is. */
export function readUnfinished({
  finishReason,
  isUnfinished,
}: Omit<ProviderEnd, 'type'>): ProviderError | null {
  if (isUnfinished !== true) return null;
  const word = safeVendorMessage(finishReason, { credentials: [], texts: [] })?.slice(0, LONGEST_WORD);
  const message = `The provider ended its answer unfinished: ${word ?? 'it says no more'}.`;
  return new ProviderError('provider_error', message, { answerBegan: true });
}
