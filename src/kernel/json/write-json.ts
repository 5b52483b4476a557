import { keptSource } from './kept-json.js';
import { JsonSource } from './json-source.js';
import { layOutJson } from './lay-out-json.js';

/**
 * Works like `JSON.stringify`, but writes a part that keeps its source text (`parseJson`, `readJsonText`) as that text. Leaves a value
 * without any such part to the native writer.
 *
 * @param value without cycles; values that JSON does not have are omitted or become null, as in `JSON.stringify`.
 * @param indent spaces for each level; 0 for compact.
 */
export function writeJson(value: unknown, indent = 0): string {
  if (!holdsKeptText(value)) return JSON.stringify(value, null, indent);
  const text = write(value) ?? 'null';
  return indent === 0 ? text : layOutJson(text, indent);
}

/** Whether a value or any part of it keeps its source text. */
export function holdsKeptText(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (keptSource(value) !== null) return true;
  if (Array.isArray(value)) return value.some(holdsKeptText);
  for (const key in value) if (holdsKeptText((value as Record<string, unknown>)[key])) return true;
  return false;
}

/**
 * Returns the exact, compact JSON of an object or array that keeps its text; `null` for one that does not. The value may have changed since
 * it was read. Its unchanged parts are still written as they were received.
 */
export function keptText(value: object): string | null {
  const source = keptSource(value);
  if (source === null) return null;
  const before: unknown = JSON.parse(source);
  return isSame(value, before) ? source : writeChanged(value, before as object, source);
}

function write(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const kept = keptText(value);
  if (kept !== null) return kept;
  if (!holdsKeptText(value)) return JSON.stringify(value);
  if (Array.isArray(value)) return writeItems(value, write);
  return writeMembers(Object.keys(value), (key) => write(Reflect.get(value, key)));
}

function writeChanged(value: object, before: object, text: string): string {
  const source = new JsonSource(text);
  const writePart = (part: unknown, step: string | number): string | undefined =>
    isSame(part, Reflect.get(before, step)) ? (source.find([step]) ?? write(part)) : write(part);
  if (Array.isArray(value)) return writeItems(value, writePart);
  const known = source.keys().filter((key) => Object.hasOwn(value, key));
  const keys = [...new Set([...known, ...Object.keys(value)])];
  return writeMembers(keys, (key) => writePart(Reflect.get(value, key), key));
}

function writeItems(
  items: readonly unknown[],
  writeItem: (item: unknown, index: number) => string | undefined,
): string {
  return `[${items.map((item, index) => writeItem(item, index) ?? 'null').join(',')}]`;
}

function writeMembers(keys: readonly string[], writeMember: (key: string) => string | undefined): string {
  const members = keys.flatMap((key) => {
    const text = writeMember(key);
    return text === undefined ? [] : [`${JSON.stringify(key)}:${text}`];
  });
  return `{${members.join(',')}}`;
}

/** Compares two values from `JSON.parse` without recursion, because they may be deep. */
function isSame(one: unknown, other: unknown): boolean {
  const pairs: unknown[] = [one, other];
  while (pairs.length > 0) {
    const right = pairs.pop();
    const left = pairs.pop();
    if (typeof left !== 'object' || left === null || typeof right !== 'object' || right === null) {
      if (!Object.is(left, right)) return false;
      continue;
    }
    const keys = Object.keys(left);
    if (Array.isArray(left) !== Array.isArray(right) || keys.length !== Object.keys(right).length)
      return false;
    for (const key of keys) {
      if (!Object.hasOwn(right, key)) return false;
      pairs.push(Reflect.get(left, key), Reflect.get(right, key));
    }
  }
  return true;
}
