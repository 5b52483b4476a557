import type { UnsavedContent } from '@prompt-ledger/client';
import { jsonText, readJson } from '../../api/json-text';

/** The members of a content that are typed as JSON. */
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
/** The typed texts, by member. */
export type JsonParts = Readonly<Partial<Record<JsonPart, string>>>;

/** Parses typed texts into members of a content. Skips those that are not JSON, and returns their titles as `wrong`. */
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

/** Writes the members of an existing content as texts. */
export function toJsonParts(content: UnsavedContent): JsonParts {
  const parts: Partial<Record<JsonPart, string>> = {};
  for (const [name] of JSON_PARTS) {
    const value = content[name];
    if (value !== undefined && value !== null) parts[name] = jsonText(value);
  }
  return parts;
}

/** Returns the titles of the members that are not empty. */
export function listPartTitles(parts: JsonParts): string {
  return JSON_PARTS.filter(([name]) => (parts[name] ?? '') !== '')
    .map(([, title]) => title)
    .join(' · ');
}
