import type { PromptVersionEntity } from '../../entities/index.js';
import { extrasOfWire, type PromptContent, toWireExtras } from '../../templating/index.js';

/** The columns that hold a version's templates. */
export type StoredTemplates = Pick<PromptVersionEntity, 'templateSource' | 'messages'>;

/** The columns that hold a version's content. */
export type StoredContent = StoredTemplates & Pick<PromptVersionEntity, 'content'>;

/** Returns a content without the parts that are not rendered. */
export function toTemplates(stored: StoredTemplates): PromptContent {
  if (stored.messages !== null) return { kind: 'chat', messages: stored.messages };
  if (stored.templateSource !== null) return { kind: 'text', templateSource: stored.templateSource };
  throw new Error('a version has neither text nor messages');
}

export function toContent({ content, ...templates }: StoredContent): PromptContent {
  const extras = extrasOfWire(content);
  return { ...toTemplates(templates), ...(extras === null ? {} : { extras }) };
}

export function toStoredContent(content: PromptContent): StoredContent {
  const extras = toWireExtras(content.extras);
  const stored = { content: extras === null ? null : { ...extras } };
  return content.kind === 'text'
    ? { ...stored, templateSource: content.templateSource, messages: null }
    : {
        ...stored,
        templateSource: null,
        messages: content.messages.map(({ role, content: text }) => ({ role, content: text })),
      };
}
