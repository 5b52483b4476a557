import { type ExactJson, ExactNumber, parseExact } from '../../../kernel/index.js';

/** Bounds the recursion of reading and comparing. Real structures are far from it. */
const MAX_DEPTH = 500;

/** Reads a text as JSON without loss; undefined if it is not JSON, or is nested deeper than 500 levels. */
export function readExact(text: string): ExactJson | undefined {
  if (!isJson(text) || isDeeperThan(text, MAX_DEPTH)) return undefined;
  return parseExact(text);
}

export function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Requires valid JSON. */
function isDeeperThan(text: string, most: number): boolean {
  let depth = 0;
  let isInString = false;
  for (let offset = 0; offset < text.length; offset += 1) {
    const character = text[offset];
    if (isInString) {
      if (character === '\\') offset += 1;
      else if (character === '"') isInString = false;
    } else if (character === '"') isInString = true;
    else if (character === '{' || character === '[') {
      depth += 1;
      if (depth > most) return true;
    } else if (character === '}' || character === ']') depth -= 1;
  }
  return false;
}

/**
 * Returns whether two values are equal: keys in any order, and numbers by their exact value, so 1.0 equals 1, but 12345678901234567890
 * differs from 12345678901234567891.
 */
export function isSameJson(one: ExactJson, other: ExactJson): boolean {
  if (isNumber(one)) return isNumber(other) && formatDigits(one) === formatDigits(other);
  if (one instanceof Map) return other instanceof Map && one.size === other.size && holdsMembers(one, other);
  if (Array.isArray(one)) {
    const [items, others] = [one as readonly ExactJson[], other as readonly ExactJson[]];
    return (
      Array.isArray(other) &&
      items.length === others.length &&
      items.every((item, index) => isSameJson(item, others[index] as ExactJson))
    );
  }
  return one === other;
}

/** Returns whether an object has all members of another one, with the same values. */
export function holdsMembers(
  object: ReadonlyMap<string, ExactJson>,
  members: ReadonlyMap<string, ExactJson>,
): boolean {
  for (const [key, value] of members) {
    const own = object.get(key);
    if (own === undefined || !isSameJson(own, value)) return false;
  }
  return true;
}

/** Returns a string as it is, and any other scalar as written in JSON; null for an object or an array. */
export function textFor(value: ExactJson): string | null {
  if (typeof value === 'string') return value;
  if (value instanceof ExactNumber) return value.text;
  return typeof value === 'object' && value !== null ? null : String(value);
}

function isNumber(value: ExactJson): value is number | ExactNumber {
  return typeof value === 'number' || value instanceof ExactNumber;
}

function formatDigits(value: number | ExactNumber): string {
  return typeof value === 'number' ? new ExactNumber(String(value)).digits : value.digits;
}
