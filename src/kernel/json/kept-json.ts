import { endOfString } from './json-source.js';
import { layOutJson } from './lay-out-json.js';
import { endOfNumber, isIndexKey, isPlainJson, isPlainNumber } from './plain-json.js';

/** A part of a text that was read, what makes one that is large once somebody asks for it, or the compact text. */
type Source =
  { readonly text: string; readonly start: number; readonly end: number } | (() => string) | string;

/** Returns from its constructor what it was given: so a private field can be put into any object. */
// eslint-disable-next-line @typescript-eslint/no-extraneous-class -- what it returns is all that it is for
class Given {
  constructor(value: object) {
    return value;
  }
}

/**
 * JSON that is only passed on has to leave as it came, and what `JSON.parse` makes of it cannot: 12345678901234567890 becomes
 * 12345678901234567000, 1.10 becomes 1.1, and keys such as "10" move to the front. So an object or array with such a part, however
 * deep, keeps its source text, and `writeJson` writes that in place of the value. Everybody else meets ordinary numbers and keys.
 *
 * The text stands in a private field, which is never seen, listed or copied. Putting it there takes 15 to 170 ns; a property that is
 * not enumerable took 1.2 µs, and an entry of a WeakMap 2 µs.
 */
class KeptSource extends Given {
  #source: Source;

  constructor(value: object, source: Source) {
    super(value);
    this.#source = source;
  }

  static of(value: object): Source | null {
    return #source in value ? value.#source : null;
  }

  static put(value: object, source: Source): void {
    if (#source in value) value.#source = source;
    else new KeptSource(value, source);
  }
}

/** The client's package is two bundles, each with a copy of this file, and one reads what the other keeps. */
const REGISTRY = Symbol.for('prompt-ledger.kept-source');
const shared = globalThis as { [REGISTRY]?: typeof KeptSource };
const kept = (shared[REGISTRY] ??= KeptSource);

/**
 * Works like `JSON.parse`, but objects and arrays keep the text that would be lost. For texts that `readJsonText` did not
 * read; of a number that stands alone only the value is left.
 *
 * @throws SyntaxError for what is not JSON.
 */
export function parseJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  keepSources(text, value);
  return value;
}

/** Has whatever is not plain in a value keep its part of the text that it was read from. */
export function keepSources(text: string, value: unknown): void {
  if (!isPlainJson(text)) walkSources(text, value);
}

/**
 * The text that an object or array was read from, without white space between its parts; `null` for one that is plain.
 * Code that may have changed the value since asks `keptText`.
 */
export function keptSource(value: object): string | null {
  const source = kept.of(value);
  if (source === null || typeof source === 'string') return source;
  const text = layOutJson(
    typeof source === 'function' ? source() : source.text.slice(source.start, source.end),
  );
  // Slices would hold on to the whole body.
  kept.put(value, text);
  return text;
}

/** Whether an object or array keeps its text: then it has a part, however deep, that `JSON.parse` changed. */
export function keepsText(value: unknown): boolean {
  return typeof value === 'object' && value !== null && kept.of(value) !== null;
}

/** Has an object or array keep its text, whatever that is. @returns the same value. */
export function keepText<Value extends object>(value: Value, text: string | (() => string)): Value {
  kept.put(value, typeof text === 'string' ? { text, start: 0, end: text.length } : text);
  return value;
}

interface Frame {
  /** The value of this object or array; undefined where another of the same key took its place. */
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
function walkSources(text: string, value: unknown): void {
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
        const child = top === undefined ? value : getChild(top);
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
  const key = quoted.includes('\\') ? (JSON.parse(quoted) as string) : quoted.slice(1, -1);
  frame.at = key;
  if (isIndexKey(key, 0, key.length)) frame.isPlain = false;
}

function getChild({ value, at }: Frame): unknown {
  return value === undefined ? undefined : Reflect.get(value, at);
}

function settle({ value, start, isPlain }: Frame, text: string, end: number): void {
  if (value === undefined) return;
  // Also where an earlier member of the same key left its text: the parser has kept the later one.
  if (!isPlain || kept.of(value) !== null) kept.put(value, { text, start, end });
}
