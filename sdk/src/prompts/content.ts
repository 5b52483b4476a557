import type { ChatMessage, ContentExtras, ContentRules } from '../wire/index.js';

/** A prompt before its variables are filled in: a template, or messages whose contents are templates. */
export type Content = string | readonly ChatMessage[];

/** The same with the variables filled in. */
export type Rendered = string | ChatMessage[];

/** Content as the wire has it: exactly one of two fields, and what is beside them. */
export interface WireContent extends ContentExtras, ContentRules {
  readonly template_source?: string;
  readonly messages?: readonly ChatMessage[];
}

/** @throws TypeError when there is neither, which the ledger never answers */
export function toContent({ template_source: template, messages }: WireContent): Content {
  const content = template ?? messages;
  if (content === undefined) throw new TypeError('The ledger answered a version without content.');
  return content;
}

/** Members that the ledger and this client read, and that no provider takes. */
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

/** For providers, which take messages: a text is one message of the user. */
export function toMessages(rendered: Rendered): ChatMessage[] {
  return typeof rendered === 'string' ? [{ role: 'user', content: rendered }] : rendered;
}
