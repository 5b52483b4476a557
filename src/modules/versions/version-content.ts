import type { PromptVersionEntity } from '../../entities/index.js';
import type { PromptContent } from '../../templating/index.js';

/** The columns that hold a version's content. */
export type StoredContent = Pick<PromptVersionEntity, 'templateSource' | 'messages'>;

export function contentOf(stored: StoredContent): PromptContent {
  if (stored.messages !== null) return { kind: 'chat', messages: stored.messages };
  if (stored.templateSource !== null) return { kind: 'text', templateSource: stored.templateSource };
  throw new Error('a version has neither text nor messages');
}

export function storedContentOf(content: PromptContent): StoredContent {
  return content.kind === 'text'
    ? { templateSource: content.templateSource, messages: null }
    : {
        templateSource: null,
        messages: content.messages.map(({ role, content: text }) => ({ role, content: text })),
      };
}
