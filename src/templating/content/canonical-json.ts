import canonicalize from 'canonicalize';
import { type ExactJson, ExactNumber, holdsKeptText, keptText, parseExact } from '../../kernel/index.js';

/**
 * Returns the RFC 8785 form of a value for digests: sorted keys, no white space. RFC 8785 only knows doubles. A number that keeps its
 * source text is written as that text, so that 12345678901234567890 and 12345678901234567000, which are one double, stay two values. Empty
 * for `undefined`.
 */
export function canonicalJson(value: unknown): string {
  if (!holdsKeptText(value)) return canonicalize(value) ?? '';
  return canonicalizeKept(value);
}

function canonicalizeKept(value: unknown): string {
  if (typeof value !== 'object' || value === null) return canonicalize(value) ?? 'null';
  const kept = keptText(value);
  if (kept !== null) return canonicalExact(parseExact(kept));
  if (Array.isArray(value)) return `[${value.map(canonicalizeKept).join(',')}]`;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return canonicalMembers(members, canonicalizeKept);
}

function canonicalExact(value: ExactJson): string {
  if (value instanceof ExactNumber) return value.text;
  if (value instanceof Map) return canonicalMembers([...(value as Map<string, ExactJson>)], canonicalExact);
  if (Array.isArray(value)) return `[${(value as readonly ExactJson[]).map(canonicalExact).join(',')}]`;
  return canonicalize(value) ?? 'null';
}

function canonicalMembers<Value>(
  members: readonly (readonly [string, Value])[],
  canonical: (value: Value) => string,
): string {
  // Sorts by UTF-16 units, which is JavaScript's default order and RFC 8785's.
  const sorted = [...members].sort(([left], [right]) => (left < right ? -1 : 1));
  return `{${sorted.map(([key, value]) => `${JSON.stringify(key)}:${canonical(value)}`).join(',')}}`;
}
