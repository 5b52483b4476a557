import { RenderedPromptTooLargeError } from '../../templating/index.js';
import { messageBytesOf } from './charge-bound.js';
import { type BareCall, providerMessageOf, type SentPrompt } from './execution-request.js';

/**
 * What a call without a prompt sends: its messages as they came.
 * @throws RenderedPromptTooLargeError `RENDERED_PROMPT_TOO_LARGE`
 */
export function bareMessages({ messages }: BareCall, maxRenderedBytes: number): SentPrompt {
  const sizeBytes = messages.reduce((sum, message) => sum + messageBytesOf(providerMessageOf(message)), 0);
  if (sizeBytes > maxRenderedBytes) throw new RenderedPromptTooLargeError(maxRenderedBytes);
  return { kind: 'chat', messages };
}
