import { parseJson } from '../../../../../kernel/index.js';
import type { Json } from './vendor-json.js';

/** OpenAI's end mark, which gateways also add to other vendors' streams. */
const END_MARK = '[DONE]';

/**
 * Reads the data of one server-sent event: objects, or the end mark as `done`. Anything else, such as a keep-alive, an empty string or a
 * JSON null, is skipped.
 *
 * @throws SyntaxError for an incomplete object: its content is lost, and skipping it would leave a hole in the answer.
 */
export function parseEventData(data: string): readonly (Json | 'done')[] {
  const text = data.trim();
  if (text.startsWith(END_MARK)) return DONE;
  const opening = text.charCodeAt(0);
  if (opening !== OPEN_BRACE && opening !== OPEN_BRACKET) return [];
  return toObjects(parsed(text));
}

const DONE = ['done'] as const;
const OPEN_BRACE = 0x7b;
const OPEN_BRACKET = 0x5b;

/** Some servers omit the empty line between two events, which merges them into one event of two lines. */
function parsed(text: string): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    const lines = text.split('\n').filter((line) => line.trim() !== '');
    if (lines.length < 2) throw error;
    return lines.map((line) => (line.startsWith(END_MARK) ? 'done' : parseJson(line)));
  }
}

function toObjects(value: unknown): (Json | 'done')[] {
  const items: readonly unknown[] = Array.isArray(value) ? value : [value];
  return items.filter((item): item is Json | 'done' => item === 'done' || recordOrNull(item) !== null);
}

/** Returns null for anything that is not an object. */
export function recordOrNull(value: unknown): Json | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : null;
}

/** Returns an empty record for anything that is not an object. */
export function recordOrEmpty(value: unknown): Json {
  return recordOrNull(value) ?? {};
}

/** Returns the objects of a list. A single object counts as a list of one. */
export function recordsIn(value: unknown): Json[] {
  const items: readonly unknown[] = Array.isArray(value) ? value : [value];
  return items.map(recordOrNull).filter((item) => item !== null);
}
