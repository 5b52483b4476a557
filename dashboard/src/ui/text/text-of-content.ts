import type { ContentExtras, Version } from '@prompt-ledger/client';
import { jsonText } from '../../api/json-text';

/** A content as one text, to be compared. */
export function textOfContent({
  template_source: template,
  messages,
  ...rest
}: Pick<Version, 'template_source' | 'messages'> & ContentExtras): string {
  const { tools, tool_choice, parallel_tool_calls, response_format } = rest;
  const extras = { tools, tool_choice, parallel_tool_calls, response_format };
  const hasExtras = Object.values(extras).some((value) => value !== undefined);
  const text = messages?.map(({ role, content }) => `${role}:\n${content}`).join('\n\n') ?? template ?? '';
  return hasExtras ? `${text}\n\n${jsonText(extras)}` : text;
}
