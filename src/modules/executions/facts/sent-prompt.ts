import type { SentMessage } from '../../../entities/index.js';
import type { RenderedPrompt } from '../../../templating/index.js';

/** The messages that are sent: those of the rendered prompt with any that follow it, or those of a bare call unchanged. */
export type SentPrompt =
  RenderedPrompt | { readonly kind: 'chat'; readonly messages: readonly SentMessage[] };

/** Joins the rendered prompt and the messages of the request. A text prompt becomes one user message. */
export function joinMessages(own: SentPrompt, further: readonly SentMessage[]): readonly SentMessage[] {
  const first = own.kind === 'chat' ? own.messages : [{ role: 'user' as const, content: own.text }];
  return [...first, ...further];
}
