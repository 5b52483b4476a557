import { endOfString } from './json-source.js';

const QUOTE = 0x22;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;
const BACKSLASH = 0x5c;

/** A double holds any decimal with this many digits, and a number has at most as many digits as characters. */
const SAFE_CHARS = 15;

/**
 * Whether `JSON.stringify` reproduces what `JSON.parse` makes of a text: each number as written, each object in the order of its keys. One
 * pass that skips strings takes 15 % of the native parser's time. False for some texts that would be reproduced, such as one with the key
 * "007". Meaningless for a text that is not JSON.
 */
export function isPlainJson(text: string): boolean {
  let stringStart = 0;
  for (let offset = 0; offset < text.length; offset += 1) {
    const code = text.charCodeAt(offset);
    if (code === QUOTE) {
      stringStart = offset;
      const end = endOfString(text, offset);
      if (end === 0) return false;
      offset = end - 1;
    } else if (code === COLON) {
      if (isOddKey(text, stringStart + 1, offset)) return false;
    } else if (code <= NINE && (code >= ZERO || code === MINUS)) {
      const end = endOfNumber(text, offset);
      if (!isPlainNumber(text, offset, end)) return false;
      offset = end - 1;
    }
  }
  return true;
}

/** Whether JavaScript may move the key to the front. A key with escapes may be any key. */
function isOddKey(text: string, start: number, colon: number): boolean {
  const first = text.charCodeAt(start);
  if (first === BACKSLASH) return true;
  if (first < ZERO || first > NINE) return false;
  const key = text.slice(start, text.lastIndexOf('"', colon));
  return key.includes('\\') || isIndexKey(key, 0, key.length);
}

/** Returns the offset after the number that begins at `start`. The text must be JSON. */
export function endOfNumber(text: string, start: number): number {
  let end = start + 1;
  for (;;) {
    const code = text.charCodeAt(end);
    const isPart =
      (code >= ZERO && code <= NINE) ||
      code === POINT ||
      code === MINUS ||
      code === 0x2b ||
      code === 0x65 ||
      code === 0x45;
    if (!isPart) return end;
    end += 1;
  }
}

/**
 * Whether JavaScript writes a JSON number exactly as in the text: true for `1` and `-0.5`, false for `1.0`, `-0`, `1E5` and
 * `12345678901234567890`. The characters decide for most numbers, because converting one takes ten times as long.
 */
export function isPlainNumber(text: string, start: number, end: number): boolean {
  const first = text.charCodeAt(start) === MINUS ? start + 1 : start;
  if (end - first > SAFE_CHARS) return isWrittenAlike(text.slice(start, end));
  let hasPoint = false;
  for (let offset = first; offset < end; offset += 1) {
    const code = text.charCodeAt(offset);
    if (code === POINT) hasPoint = true;
    else if (code < ZERO || code > NINE) return isWrittenAlike(text.slice(start, end));
  }
  if (!hasPoint) return first === start || text.charCodeAt(first) !== ZERO;
  if (text.charCodeAt(end - 1) === ZERO) return false;
  // JavaScript writes 0.0000001 as 1e-7.
  return !text.startsWith('0.000000', first);
}

function isWrittenAlike(number: string): boolean {
  return String(Number(number)) === number;
}

/** Whether JavaScript would move the key to the front with the other index keys; true for some that it would not. */
export function isIndexKey(text: string, start: number, end: number): boolean {
  if (end === start || end - start > 10) return false;
  for (let offset = start; offset < end; offset += 1) {
    const code = text.charCodeAt(offset);
    if (code < ZERO || code > NINE) return false;
  }
  return true;
}
