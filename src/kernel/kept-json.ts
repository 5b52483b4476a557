import { outlineJson } from './json-outline.js';
import { endOfString } from './json-source.js';
import { layOutJson } from './lay-out-json.js';
import { endOfNumber, isIndexKey, isPlainNumber } from './plain-json.js';

/**
 * JSON that is only passed on has to leave as it came, and what `JSON.parse` makes of it cannot: 12345678901234567890
 * becomes 12345678901234567000, 1.10 becomes 1.1, and keys such as "10" move to the front. So an object or array with
 * such a part, however deep, keeps its source text, and `writeJson` writes that in place of the value. Everybody else
 * meets ordinary numbers and keys.
 *
 * The text is kept under a symbol that is not enumerable: whoever copies the members copies plain values, nothing
 * lists it, and it is found at the speed of any other property. It comes from the global registry, because the client's
 * package is two bundles, each with a copy of this file.
 */
const SOURCE = Symbol.for('prompt-ledger.json-source');

interface Slice {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

interface Keeper {
  /** A function for a text that is large: nobody may ever ask for it. */
  [SOURCE]?: Slice | string | (() => string);
}

/**
 * As `JSON.parse`, but that objects and arrays keep the text that would be lost. For texts that `readJsonText` did not
 * read; of a number that stands alone only the value is left.
 *
 * @throws SyntaxError for what is not JSON.
 */
export function parseJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  if (outlineJson(text, Number.POSITIVE_INFINITY)?.isPlain !== true) keepSources(text, value);
  return value;
}

/**
 * The text that an object or array was read from, without white space between its parts; `null` for one that is plain.
 * Whoever may have changed the value since asks `keptText`.
 */
export function keptSource(value: object): string | null {
  const keeper = value as Keeper;
  const kept = keeper[SOURCE];
  if (kept === undefined) return null;
  if (typeof kept === 'string') return kept;
  const text = layOutJson(typeof kept === 'function' ? kept() : kept.text.slice(kept.start, kept.end));
  // What was sliced would hold on to the whole body.
  keeper[SOURCE] = text;
  return text;
}

/** Whether an object or array keeps its text: then it has a part, however deep, that `JSON.parse` changed. */
export function keepsText(value: unknown): boolean {
  return typeof value === 'object' && value !== null && (value as Keeper)[SOURCE] !== undefined;
}

/** Has an object or array keep its text, whatever that is. @returns the same value. */
export function keepText<Value extends object>(value: Value, text: string | (() => string)): Value {
  keep(value, typeof text === 'string' ? { text, start: 0, end: text.length } : text);
  return value;
}

function keep(value: object, kept: Slice | (() => string)): void {
  Object.defineProperty(value, SOURCE, {
    value: kept,
    enumerable: false,
    writable: true,
    configurable: true,
  });
}

interface Frame {
  /** What the text of this object or array became; undefined where another of the same key took its place. */
  readonly value: object | undefined;
  readonly start: number;
  at: string | number;
  isPlain: boolean;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/**
 * Walks a text and what `JSON.parse` made of it side by side, and has each object and array that is not plain keep its
 * text. Without recursion: a vendor's answer may be nested as deep as it likes.
 */
export function keepSources(text: string, value: unknown): void {
  const open: Frame[] = [];
  let top: Frame | undefined;
  let stringStart = 0;
  for (let offset = 0; offset < text.length; offset += 1) {
    const code = text.charCodeAt(offset);
    switch (code) {
      case QUOTE:
        stringStart = offset;
        offset = endOfString(text, offset) - 1;
        break;
      case COLON:
        if (top !== undefined) readKey(top, text.slice(stringStart, endOfString(text, stringStart)));
        break;
      case COMMA:
        if (typeof top?.at === 'number') top.at += 1;
        break;
      case OPEN_BRACE:
      case OPEN_BRACKET: {
        const isArray = code === OPEN_BRACKET;
        const child = top === undefined ? value : childOf(top);
        const isSame = typeof child === 'object' && child !== null && Array.isArray(child) === isArray;
        top = { value: isSame ? child : undefined, start: offset, at: isArray ? 0 : '', isPlain: true };
        open.push(top);
        break;
      }
      case CLOSE_BRACE:
      case CLOSE_BRACKET: {
        const closed = open.pop();
        top = open.at(-1);
        if (closed === undefined) break;
        settle(closed, text, offset + 1);
        if (!closed.isPlain && top !== undefined) top.isPlain = false;
        break;
      }
      default: {
        if (code !== MINUS && (code < ZERO || code > NINE)) break;
        const end = endOfNumber(text, offset);
        if (top !== undefined && !isPlainNumber(text, offset, end)) top.isPlain = false;
        offset = end - 1;
      }
    }
  }
}

function readKey(frame: Frame, quoted: string): void {
  const key = JSON.parse(quoted) as string;
  frame.at = key;
  if (isIndexKey(key, 0, key.length)) frame.isPlain = false;
}

function childOf({ value, at }: Frame): unknown {
  return value === undefined ? undefined : Reflect.get(value, at);
}

function settle({ value, start, isPlain }: Frame, text: string, end: number): void {
  if (value === undefined) return;
  if (!isPlain) keep(value, { text, start, end });
  // The text of an earlier member of the same key: the parser has kept the later one.
  else if (Object.hasOwn(value, SOURCE)) Reflect.deleteProperty(value, SOURCE);
}
