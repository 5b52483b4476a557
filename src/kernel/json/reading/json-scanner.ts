import { skipSpace } from '../json-source.js';
import { ValidationError } from '../../ledger-error.js';
import type { ErrorEntry } from '../../ledger-error.js';
import { pointerSegment } from '../../pointer-segment.js';

/** Enough to fix a request in one go; a hostile megabyte of duplicates is not worth listing. */
const MAX_ENTRIES = 20;
const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const LITERAL = /true|false|null/y;
const UNICODE_ESCAPE = /[0-9a-fA-F]{4}/y;
const SHORT_ESCAPES = '"\\/bfnrt';

/** An open object or array on the path to the current place. */
interface Frame {
  readonly isObject: boolean;
  /** The current member or element; `null` before the first. */
  at: string | number | null;
  /** The keys so far. Built at the second key, because many objects have only one. */
  keys: Set<string> | null;
}

/** The place of a text that is part of a larger one. */
export interface JsonPlace {
  /** Pointer to the container that the text's values belong to. */
  readonly pointer: string;
  /** Index of the first child, when the container is an array. */
  readonly index: number;
  /** Returns the line and column in the whole text for an offset in this part. */
  readonly locate: (offset: number) => { readonly line: number; readonly column: number };
}

/** One iterative scan, which refuses too much depth before anything is built and says what is wrong and where. */
export class JsonScanner {
  private offset = 0;
  private readonly frames: Frame[] = [];
  private readonly entries: ErrorEntry[] = [];
  /** The fault of the last string, if the grammar allows it but the content is refused; otherwise `null`. */
  private stringFault: string | null = null;

  constructor(
    private readonly text: string,
    private readonly maxDepth: number,
    private readonly place: JsonPlace | null = null,
  ) {}

  /** @throws ValidationError `VALIDATION_FAILED`, as `readJsonText` */
  scan(): void {
    do {
      this.skipSpace();
      if (this.readValueStart()) continue;
      this.closeAndSeparate();
    } while (this.frames.length > 0);
    this.skipSpace();
    if (this.offset < this.text.length) this.failSyntax('the text goes on after its end');
    if (this.entries.length > 0) this.refuse();
  }

  /** Reads a scalar or enters a container. Returns true when it entered a container and the first value comes next. */
  private readValueStart(): boolean {
    const code = this.text.charCodeAt(this.offset);
    if (code === OPEN_BRACE || code === OPEN_BRACKET) return this.open(code === OPEN_BRACE);
    if (code === QUOTE) {
      this.readString();
      if (this.stringFault !== null) this.report(this.pointer(), this.stringFault);
    } else {
      const end = this.matchEnd(NUMBER) ?? this.matchEnd(LITERAL);
      this.offset = end ?? this.failSyntax('a value is expected');
    }
    return false;
  }

  private open(isObject: boolean): boolean {
    if (this.frames.length >= this.maxDepth) {
      this.report(this.pointer(), `is nested deeper than ${this.maxDepth} levels`);
      this.refuse();
    }
    this.offset += 1;
    this.skipSpace();
    const frame: Frame = { isObject, at: null, keys: null };
    this.frames.push(frame);
    if (this.text.charCodeAt(this.offset) === (isObject ? CLOSE_BRACE : CLOSE_BRACKET)) return false;
    if (isObject) this.readKey(frame);
    else frame.at = this.frames.length === 1 ? (this.place?.index ?? 0) : 0;
    return true;
  }

  /** Called after a value. Leaves the containers that end here and stops before the next value. */
  private closeAndSeparate(): void {
    for (let frame = this.frames.at(-1); frame !== undefined; frame = this.frames.at(-1)) {
      this.skipSpace();
      const code = this.text.charCodeAt(this.offset);
      if (code === COMMA && frame.at !== null) {
        this.offset += 1;
        if (frame.isObject) this.readKey(frame);
        else frame.at = Number(frame.at) + 1;
        return;
      }
      if (code !== (frame.isObject ? CLOSE_BRACE : CLOSE_BRACKET)) {
        this.failSyntax(`a comma or "${frame.isObject ? '}' : ']'}" is expected`);
      }
      this.offset += 1;
      this.frames.pop();
    }
  }

  private readKey(frame: Frame): void {
    this.skipSpace();
    if (this.text.charCodeAt(this.offset) !== QUOTE) this.failSyntax('a key in double quotes is expected');
    const key = this.readString();
    const fault = this.stringFault;
    const object = fault === null ? '' : this.pointer(this.frames.length - 1);
    const isDuplicate = noteKey(frame, key);
    frame.at = key;
    // A key that cannot be stored cannot be in a pointer either, so the fault names the object.
    if (fault !== null) this.report(object, `has a key that ${fault}`);
    if (key === '__proto__') this.report(this.pointer(), 'is a key that is not allowed');
    if (isDuplicate) this.report(this.pointer(), 'appears more than once');
    this.skipSpace();
    if (this.text.charCodeAt(this.offset) !== COLON) this.failSyntax('a colon is expected');
    this.offset += 1;
  }

  /** Reads and decodes the string that begins here. Sets `stringFault`. */
  private readString(): string {
    const { text } = this;
    const start = this.offset;
    let offset = start + 1;
    let afterHigh = false;
    let isLone = false;
    let hasNul = false;
    let isEscaped = false;
    for (;;) {
      let unit = text.charCodeAt(offset);
      if (unit === QUOTE) break;
      if (unit === BACKSLASH) {
        isEscaped = true;
        unit = this.readEscape(offset);
        offset += text[offset + 1] === 'u' ? 6 : 2;
        if (unit === 0) hasNul = true;
      } else if (unit >= 0x20) {
        offset += 1;
      } else {
        this.offset = Math.min(offset, text.length);
        this.failSyntax(
          offset < text.length ? 'a control character must be escaped' : 'a string is not closed',
        );
      }
      const isLow = (unit & 0xfc00) === 0xdc00;
      if (isLow !== afterHigh) isLone = true;
      afterHigh = (unit & 0xfc00) === 0xd800;
    }
    this.offset = offset + 1;
    this.stringFault = hasNul
      ? 'holds a NUL character'
      : isLone || afterHigh
        ? 'holds a lone surrogate'
        : null;
    return isEscaped ? (JSON.parse(text.slice(start, this.offset)) as string) : text.slice(start + 1, offset);
  }

  /** Returns the UTF-16 unit of the escape at `offset`, or 0x20 for an escape that needs no check. */
  private readEscape(offset: number): number {
    const { text } = this;
    const letter = text[offset + 1];
    if (letter === 'u') {
      UNICODE_ESCAPE.lastIndex = offset + 2;
      if (UNICODE_ESCAPE.test(text)) return Number.parseInt(text.slice(offset + 2, offset + 6), 16);
    } else if (letter !== undefined && SHORT_ESCAPES.includes(letter)) {
      return 0x20;
    }
    this.offset = offset;
    return this.failSyntax('an escape is not known');
  }

  private matchEnd(pattern: RegExp): number | null {
    pattern.lastIndex = this.offset;
    return pattern.test(this.text) ? pattern.lastIndex : null;
  }

  private skipSpace(): void {
    this.offset = skipSpace(this.text, this.offset);
  }

  private pointer(depth = this.frames.length): string {
    const steps = this.frames.slice(0, depth).map((frame) => `/${pointerSegment(frame.at ?? '')}`);
    return (this.place?.pointer ?? '') + steps.join('');
  }

  private report(pointer: string, message: string): void {
    this.entries.push({ pointer, message });
    if (this.entries.length >= MAX_ENTRIES) this.refuse();
  }

  private refuse(): never {
    throw new ValidationError('Correct the parts of the JSON text that "errors" lists.', this.entries);
  }

  private failSyntax(problem: string): never {
    const { line, column } = this.place?.locate(this.offset) ?? this.locate();
    const where = `line ${line}, column ${column}`;
    throw new ValidationError(`Send JSON: ${problem} at ${where}.`, [
      { pointer: '', message: `is not JSON: ${problem} at ${where}` },
    ]);
  }

  private locate(): { readonly line: number; readonly column: number } {
    const before = this.text.slice(0, this.offset);
    return { line: before.split('\n').length, column: this.offset - before.lastIndexOf('\n') };
  }
}

/** Records a key of the object. Returns true when the object already had it. */
function noteKey(frame: Frame, key: string): boolean {
  if (frame.at === null) return false;
  frame.keys ??= new Set([String(frame.at)]);
  const sizeBefore = frame.keys.size;
  return frame.keys.add(key).size === sizeBefore;
}
