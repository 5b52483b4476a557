import type { PromptContent } from '../../templating/index.js';

/** Writes a content as these tests do. */
export function textOf(content: PromptContent): string {
  if (content.kind === 'text') return content.templateSource;
  return content.messages.map(({ role, content: text }) => `${role}: ${text}`).join('\n');
}
