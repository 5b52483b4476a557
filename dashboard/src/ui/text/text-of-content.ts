import type { UnsavedContent } from '@prompt-ledger/client';
import { jsonText } from '../../api/json-text';

/** A content as one text, to be compared. */
export function textOfContent({ template_source: template, messages, ...rest }: UnsavedContent): string {
  const { tools, tool_choice, parallel_tool_calls, response_format, variables_schema } = rest;
  const extras = { tools, tool_choice, parallel_tool_calls, response_format, variables_schema };
  const hasExtras = Object.values(extras).some((value) => value !== undefined && value !== null);
  const text = messages?.map(({ role, content }) => `${role}:\n${content}`).join('\n\n') ?? template ?? '';
  return hasExtras ? `${text}\n\n${jsonText(extras)}` : text;
}
