import { ProviderError, type ProviderEnd } from '../provider.contract.js';
import { safeVendorMessage } from './safe-message.js';

/** The longest word of any vendor has 25 characters. */
const LONGEST_WORD = 60;

/** Returns the failure for an answer that its vendor calls unfinished; null for a finished one. */
export function readUnfinished({
  finishReason,
  isUnfinished,
}: Omit<ProviderEnd, 'type'>): ProviderError | null {
  if (isUnfinished !== true) return null;
  const word = safeVendorMessage(finishReason, { credentials: [], texts: [] })?.slice(0, LONGEST_WORD);
  const message = `The provider ended its answer early: ${word ?? 'it gave no reason'}.`;
  return new ProviderError('provider_error', message, { answerBegan: true });
}
