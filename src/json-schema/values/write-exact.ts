import { ExactNumber } from '../../kernel/index.js';
import { type JsonObject, listKeys, getKind, memberAt } from './json-values.js';

/** Returns the compact JSON of a value from `parseExact`. */
export function writeExact(value: unknown): string {
  if (value instanceof ExactNumber) return value.text;
  const kind = getKind(value);
  if (kind === 'array') return `[${(value as readonly unknown[]).map(writeExact).join(',')}]`;
  if (kind !== 'object') return JSON.stringify(value);
  const object = value as JsonObject;
  const members = listKeys(object).map(
    (key) => `${JSON.stringify(key)}:${writeExact(memberAt(object, key))}`,
  );
  return `{${members.join(',')}}`;
}
