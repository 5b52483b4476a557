import type { SentMessage } from '../../../entities/index.js';
import type { RenderedPrompt } from '../../../templating/index.js';

/** The messages that are sent: those of the prompt as rendered, with what follows them, or those of a bare call as they came. */
export type SentPrompt =
  RenderedPrompt | { readonly kind: 'chat'; readonly messages: readonly SentMessage[] };
