import type { PromptContent } from '../../templating/index.js';

/** Writes a content as one text, for a diff that people read. */
export function contentText(content: PromptContent): string {
  if (content.kind === 'text') return content.templateSource;
  return content.messages.map((message) => `[${message.role}]\n${message.content}\n`).join('\n');
}
