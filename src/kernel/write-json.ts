import { keptText } from './kept-json.js';
import { layOutJson } from './lay-out-json.js';

/**
 * As `JSON.stringify`, but that what keeps its source text (`parseJson`, `readJsonText`) is written by that. A value
 * without any such part is left to the native writer.
 *
 * @param value without cycles; what JSON has no place for is left out or null, as there.
 * @param indent spaces for each level; 0 for compact.
 */
export function writeJson(value: unknown, indent = 0): string {
  if (!holdsKeptText(value)) return JSON.stringify(value, null, indent);
  const text = write(value) ?? 'null';
  return indent === 0 ? text : layOutJson(text, indent);
}

/** Whether a value, or any part of it, keeps its source text. */
export function holdsKeptText(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (keptText(value) !== null) return true;
  if (Array.isArray(value)) return value.some(holdsKeptText);
  for (const key in value) if (holdsKeptText((value as Record<string, unknown>)[key])) return true;
  return false;
}

function write(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const kept = keptText(value);
  if (kept !== null) return kept;
  if (!holdsKeptText(value)) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((item) => write(item) ?? 'null').join(',')}]`;
  const members = Object.entries(value).flatMap(([key, member]) => {
    const text = write(member);
    return text === undefined ? [] : [`${JSON.stringify(key)}:${text}`];
  });
  return `{${members.join(',')}}`;
}
