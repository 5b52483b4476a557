import { endOfString } from './json-source.js';
import { layOutJson } from './lay-out-json.js';
import { endOfNumber, isIndexKey, isPlainJson, isPlainNumber } from './plain-json.js';

/** A range of the text that was read, a function that makes a large text on demand, or the compact text. */
type Source =
  { readonly text: string; readonly start: number; readonly end: number } | (() => string) | string;

/** A class whose constructor returns its argument, so that a subclass can add a private field to any object. */
// eslint-disable-next-line @typescript-eslint/no-extraneous-class -- what it returns is all that it is for
class Given {
  constructor(value: object) {
    return value;
  }
}

/**
 * JSON that is only passed on must be sent as it was received, which `JSON.parse` does not preserve: 12345678901234567890 becomes
 * 12345678901234567000, 1.10 becomes 1.1, and keys such as "10" move to the front. So an object or array that contains such a part at any
 * depth keeps its source text, and `writeJson` writes that text instead of the value. All other code sees ordinary numbers and keys.
 *
 * The text is in a private field, which is never seen, listed or copied. Adding it takes 15 to 170 ns; a non-enumerable property took 1.2
 * µs, and an entry of a WeakMap 2 µs.
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

/** The client's package has two bundles with a copy of this file each, and one reads what the other keeps. */
const REGISTRY = Symbol.for('prompt-ledger.kept-source');
const shared = globalThis as { [REGISTRY]?: typeof KeptSource };
const kept = (shared[REGISTRY] ??= KeptSource);

/**
 * Works like `JSON.parse`, but objects and arrays keep the text that would be lost. For texts that `readJsonText` did not read. A number at
 * the top level has no object to keep its text, so only its value remains.
 *
 * @throws SyntaxError for text that is not JSON.
 */
export function parseJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  keepSources(text, value);
  return value;
}

/** Attaches the source text to all objects and arrays of a value that are not plain. */
export function keepSources(text: string, value: unknown): void {
  if (!isPlainJson(text)) walkSources(text, value);
}

/**
 * Returns the text that an object or array was read from, without white space between its parts; `null` for a plain one. If the value may
 * have changed since, use `keptText`.
 */
export function keptSource(value: object): string | null {
  const source = kept.of(value);
  if (source === null || typeof source === 'string') return source;
  const text = layOutJson(
    typeof source === 'function' ? source() : source.text.slice(source.start, source.end),
  );
  // Slices would keep the whole body in memory.
  kept.put(value, text);
  return text;
}

/** Whether an object or array keeps its text because `JSON.parse` changed some part of it. */
export function keepsText(value: unknown): boolean {
  return typeof value === 'object' && value !== null && kept.of(value) !== null;
}

/** Makes an object or array keep the given text. @returns the same value. */
export function keepText<Value extends object>(value: Value, text: string | (() => string)): Value {
  kept.put(value, typeof text === 'string' ? { text, start: 0, end: text.length } : text);
  return value;
}

interface Frame {
  /** The value of this object or array; undefined if a later member with the same key replaced it. */
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
 * Walks a text together with the result of `JSON.parse`, and makes each object and array that is not plain keep its text. Does not recurse,
 * because a vendor's answer may be nested to any depth.
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
  // Also overwrites the text of an earlier member with the same key, because the parser kept the later one.
  if (!isPlain || kept.of(value) !== null) kept.put(value, { text, start, end });
}
