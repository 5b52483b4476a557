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

/** Returns a content in the API's form: exactly one of the two template fields, and the extra members. */
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

/** Returns the extra members in the API's form. */
export function extraFields(fields: WireExtras): WireExtras {
  return toWireExtras(extrasOfWire(withoutSnippets(fields))) ?? {};
}

/** Drops the texts of snippets, which are for renderers: the template already names the snippets. */
function withoutSnippets({ snippets: _, ...fields }: WireExtras): WireExtras {
  return fields;
}
