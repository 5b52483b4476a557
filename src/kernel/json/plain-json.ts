import { endOfString } from './json-source.js';

const QUOTE = 0x22;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;
const BACKSLASH = 0x5c;

/** A double holds any decimal of so many digits, and a number of so many characters has no more. */
const SAFE_CHARS = 15;

/**
 * Whether `JSON.stringify` gives back what `JSON.parse` makes of a text: each number as it is written, each object in the
 * order of its keys. One pass that skips strings, for 15 % of what the native parser takes. False for some texts that
 * would come back, such as one with the key "007"; of a text that is not JSON the answer means nothing.
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

/** Whether JavaScript may move the key to the front; one that is written with escapes may be any. */
function isOddKey(text: string, start: number, colon: number): boolean {
  const first = text.charCodeAt(start);
  if (first === BACKSLASH) return true;
  if (first < ZERO || first > NINE) return false;
  const key = text.slice(start, text.lastIndexOf('"', colon));
  return key.includes('\\') || isIndexKey(key, 0, key.length);
}

/** Offset behind the number that begins at `start`, of a text that is known to be JSON. */
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
 * Whether JavaScript writes a JSON number just as it stands in the text: `1`, `-0.5`, and not `1.0`, `-0`, `1E5` or
 * `12345678901234567890`. Most numbers are told by their characters; converting one to find out takes ten times as long.
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

/** Whether JavaScript would move the key to the front, in the order of the numbers; true for some that it would not. */
export function isIndexKey(text: string, start: number, end: number): boolean {
  if (end === start || end - start > 10) return false;
  for (let offset = start; offset < end; offset += 1) {
    const code = text.charCodeAt(offset);
    if (code < ZERO || code > NINE) return false;
  }
  return true;
}
