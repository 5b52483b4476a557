import type { UnsavedContent } from '@prompt-ledger/client';
import { jsonText, readJson } from '../../api/json-text';

/** The parts of a content that are typed as JSON. */
export const JSON_PARTS = [
  [
    'tools',
    'Tools',
    '[{"type": "function", "function": {"name": "find_order", "parameters": {"type": "object"}}}]',
  ],
  ['tool_choice', 'Tool choice', '"auto"'],
  ['parallel_tool_calls', 'Parallel tool calls', 'true'],
  ['response_format', 'Response format', '{"type": "json_object"}'],
  ['variables_schema', 'Schema of the variables', '{"type": "object", "required": ["name"]}'],
] as const;

export type JsonPart = (typeof JSON_PARTS)[number][0];
/** As they are typed. */
export type JsonParts = Readonly<Partial<Record<JsonPart, string>>>;

/** What was typed as members of a content, and the titles of those that are no JSON, which are left out. */
export function readParts(parts: JsonParts): {
  readonly beside: Pick<UnsavedContent, JsonPart>;
  readonly wrong: readonly string[];
} {
  const members: string[] = [];
  const wrong: string[] = [];
  for (const [name, title] of JSON_PARTS) {
    const text = parts[name]?.trim() ?? '';
    if (text === '') continue;
    if (readJson(text) === undefined) wrong.push(title);
    else members.push(`"${name}":${text}`);
  }
  return { beside: readJson(`{${members.join(',')}}`) as Pick<UnsavedContent, JsonPart>, wrong };
}

/** The parts of a content that there is, to be edited. */
export function partsOfContent(content: UnsavedContent): JsonParts {
  const parts: Partial<Record<JsonPart, string>> = {};
  for (const [name] of JSON_PARTS) {
    const value = content[name];
    if (value !== undefined && value !== null) parts[name] = jsonText(value);
  }
  return parts;
}

/** The titles of what stands there. */
export function namesOfParts(parts: JsonParts): string {
  return JSON_PARTS.filter(([name]) => (parts[name] ?? '') !== '')
    .map(([, title]) => title)
    .join(' · ');
}
