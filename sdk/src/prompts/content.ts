import type { ChatMessage, ContentExtras, ContentRules } from '../wire/index.js';

/** A prompt before its variables are filled in: a template, or messages whose contents are templates. */
export type Content = string | readonly ChatMessage[];

/** A prompt with its variables filled in. */
export type Rendered = string | ChatMessage[];

/** Content in wire form: exactly one of the two fields, with its other members. */
export interface WireContent extends ContentExtras, ContentRules {
  readonly template_source?: string;
  readonly messages?: readonly ChatMessage[];
}

/** @throws TypeError when there is neither, which the ledger never sends */
export function toContent({ template_source: template, messages }: WireContent): Content {
  const content = template ?? messages;
  if (content === undefined) throw new TypeError('The ledger answered a version without content.');
  return content;
}

/** Picks the members that only the ledger and this client use and no provider receives. */
export function pickRules({ variables_schema, snippets }: ContentRules): ContentRules {
  return {
    ...(variables_schema === undefined ? {} : { variables_schema }),
    ...(snippets === undefined ? {} : { snippets }),
  };
}

export function pickExtras({
  tools,
  tool_choice,
  parallel_tool_calls,
  response_format,
}: ContentExtras): ContentExtras {
  return {
    ...(tools === undefined ? {} : { tools }),
    ...(tool_choice === undefined ? {} : { tool_choice }),
    ...(parallel_tool_calls === undefined ? {} : { parallel_tool_calls }),
    ...(response_format === undefined ? {} : { response_format }),
  };
}

/** Converts to messages for providers: a text becomes one user message. */
export function toMessages(rendered: Rendered): ChatMessage[] {
  return typeof rendered === 'string' ? [{ role: 'user', content: rendered }] : rendered;
}
