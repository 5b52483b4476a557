import type { ChatMessage, PromptContent } from '../../templating/index.js';

interface ContentFields {
  readonly template_source?: string;
  readonly messages?: readonly ChatMessage[];
}

/** A content as the API has it: exactly one of the two fields. */
export function contentFields(content: PromptContent): ContentFields {
  return content.kind === 'text'
    ? { template_source: content.templateSource }
    : { messages: content.messages };
}

export function contentOf({ template_source: templateSource, messages }: ContentFields): PromptContent {
  return templateSource === undefined
    ? { kind: 'chat', messages: messages ?? [] }
    : { kind: 'text', templateSource };
}
