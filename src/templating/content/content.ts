import type { ContentExtras } from './content-extras.js';

export type ChatRole = 'system' | 'user' | 'assistant';

/** One message of a chat prompt. Its `content` is a template in a version, and plain text after rendering. */
export interface ChatMessage {
  readonly role: ChatRole;
  readonly content: string;
}

/** The content of a version. The kind of a prompt never changes. */
export type PromptContent = (
  | { readonly kind: 'text'; readonly templateSource: string }
  | { readonly kind: 'chat'; readonly messages: readonly ChatMessage[] }
) & { readonly extras?: ContentExtras };

/** A prompt as it is sent to a provider: the same shape, with every variable filled in. */
export type RenderedPrompt =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'chat'; readonly messages: ChatMessage[] };

/** One template of a prompt, and the JSON pointer that an error about it carries. */
export interface TemplatePart {
  readonly source: string;
  readonly pointer: string;
}

/** The templates of a prompt in the order in which they are rendered. */
export function listTemplateParts(content: PromptContent): TemplatePart[] {
  if (content.kind === 'text') return [{ source: content.templateSource, pointer: '/template_source' }];
  return content.messages.map(({ content: source }, index) => ({
    source,
    pointer: `/messages/${index}/content`,
  }));
}
