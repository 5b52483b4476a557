import {
  type ChatMessage,
  extrasOfWire,
  type PromptContent,
  toWireExtras,
  type WireExtras,
} from '../../templating/index.js';

interface ContentFields extends WireExtras {
  readonly template_source?: string;
  readonly messages?: readonly ChatMessage[];
}

/** A content as the API has it: exactly one of the two fields, and what is beside them. */
export function contentFields(content: PromptContent): ContentFields {
  const templates =
    content.kind === 'text' ? { template_source: content.templateSource } : { messages: content.messages };
  return { ...templates, ...toWireExtras(content.extras) };
}

export function toContent(fields: ContentFields): PromptContent {
  const { template_source: templateSource, messages } = fields;
  const templates: PromptContent =
    templateSource === undefined
      ? { kind: 'chat', messages: messages ?? [] }
      : { kind: 'text', templateSource };
  const extras = extrasOfWire(withoutSnippets(fields));
  return extras === null ? templates : { ...templates, extras };
}

/** Returns the members beside the templates, as the API has them. */
export function extraFields(fields: WireExtras): WireExtras {
  return toWireExtras(extrasOfWire(withoutSnippets(fields))) ?? {};
}

/** The texts of snippets are for renderers: the template names them. */
function withoutSnippets({ snippets: _, ...fields }: WireExtras): WireExtras {
  return fields;
}
