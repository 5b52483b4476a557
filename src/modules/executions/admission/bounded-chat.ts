import type { SentMessage } from '../../../entities/index.js';
import { RenderedPromptTooLargeError } from '../../../templating/index.js';
import { countMessageBytes } from './charge-bound.js';
import { toProviderMessage } from './execution-request.js';
import type { SentPrompt } from '../facts/sent-prompt.js';

/**
 * Applies the size limit of rendered prompts to the messages of a request, alone or behind those of a prompt.
 * @throws RenderedPromptTooLargeError `RENDERED_PROMPT_TOO_LARGE`
 */
export function boundedChat(messages: readonly SentMessage[], maxBytes: number): SentPrompt {
  const sizeBytes = messages.reduce((sum, message) => sum + countMessageBytes(toProviderMessage(message)), 0);
  if (sizeBytes > maxBytes) throw new RenderedPromptTooLargeError(maxBytes);
  return { kind: 'chat', messages };
}
