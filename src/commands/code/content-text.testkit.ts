import type { PromptContent } from '../../templating/index.js';

/** A content as these tests write it. */
export function textOf(content: PromptContent): string {
  if (content.kind === 'text') return content.templateSource;
  return content.messages.map(({ role, content: text }) => `${role}: ${text}`).join('\n');
}
