import { ExactNumber } from './exact-number.js';
import { endOfString, skipSpace } from './json-source.js';
import { endOfNumber, isPlainNumber } from './plain-json.js';

/** Lossless JSON: objects keep the order of their keys, and numbers that a double would change keep their text. */
export type ExactJson =
  null | boolean | number | string | ExactNumber | readonly ExactJson[] | ReadonlyMap<string, ExactJson>;

/** Reads a text that is known to be JSON. The later of two equal keys wins, as in `JSON.parse`. */
export function parseExact(text: string): ExactJson {
  return new ExactReader(text).read();
}

class ExactReader {
  private offset = 0;

  constructor(private readonly text: string) {}

  read(): ExactJson {
    this.offset = skipSpace(this.text, this.offset);
    switch (this.text[this.offset]) {
      case '{':
        return this.readMembers();
      case '[':
        return this.readItems();
      case '"':
        return this.readString();
      case 't':
        return this.take(4, true);
      case 'f':
        return this.take(5, false);
      case 'n':
        return this.take(4, null);
      default:
        return this.readNumber();
    }
  }

  private readMembers(): ReadonlyMap<string, ExactJson> {
    const members = new Map<string, ExactJson>();
    while (this.hasNext('}')) {
      const key = this.readString();
      this.skipPast();
      members.set(key, this.read());
    }
    return members;
  }

  private readItems(): readonly ExactJson[] {
    const items: ExactJson[] = [];
    while (this.hasNext(']')) items.push(this.read());
    return items;
  }

  /** Skips the bracket or comma before a child, or the closing bracket. */
  private hasNext(close: string): boolean {
    this.offset = skipSpace(this.text, this.offset);
    if (this.text[this.offset] !== close) this.skipPast();
    const isOver = this.text[this.offset] === close;
    if (isOver) this.offset += 1;
    return !isOver;
  }

  private skipPast(): void {
    this.offset = skipSpace(this.text, skipSpace(this.text, this.offset) + 1);
  }

  private readString(): string {
    const start = this.offset;
    this.offset = endOfString(this.text, start);
    const inside = this.text.slice(start + 1, this.offset - 1);
    return inside.includes('\\') ? (JSON.parse(`"${inside}"`) as string) : inside;
  }

  private readNumber(): number | ExactNumber {
    const start = this.offset;
    this.offset = endOfNumber(this.text, start);
    const number = this.text.slice(start, this.offset);
    return isPlainNumber(number, 0, number.length) ? Number(number) : new ExactNumber(number);
  }

  private take<Value extends ExactJson>(length: number, value: Value): Value {
    this.offset += length;
    return value;
  }
}
