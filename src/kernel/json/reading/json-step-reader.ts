import { JsonByteSource } from './json-byte-source.js';
import { isDoubtful, isPunctuation, isSpaceByte } from './json-bytes.js';
import type { JsonText } from './json-fast.js';
import { JsonFrame } from './json-frame.js';
import { JsonScanner } from './json-scanner.js';
import { JsonStepBuilder, type JsonStepLimits, type JsonStepSizes } from './json-step-builder.js';
import { isWellFormed } from './json-values.js';
import { keepText } from '../kept-json.js';
import type { Steps } from '../../work/steps.js';

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

const SIZES: JsonStepSizes = { step: 16 * 1024, group: 8 * 1024, long: 64 * 1024, gap: 4 * 1024 };

/**
 * Reads a large JSON text in steps, as strictly as `readJsonText`. `JSON.parse` takes two seconds for sixteen megabytes of small objects,
 * during which no other request is served. Here one pass over the bytes finds groups of a few kilobytes for the native parser and itself
 * checks what the parser does not see, such as commas between groups. It counts values on the way, so that a text with too many is refused
 * before they are built.
 *
 * @param bytes valid UTF-8, without a byte order mark
 * @throws ValidationError `VALIDATION_FAILED`
 */
export function* readJsonInSteps(bytes: Buffer, limits: JsonStepLimits, sizes = SIZES): Steps<JsonText> {
  const reader = new JsonStepReader(bytes, limits, sizes);
  while (!reader.isAtEnd) {
    reader.readOn();
    yield;
  }
  return reader.end();
}

class JsonStepReader extends JsonStepBuilder {
  private offset = 0;
  private values = 0;
  /** The start of the open string; -1 outside strings. */
  private stringStart = -1;
  private pieceStart = 0;
  /** The decoded part of a long string; null for any other. */
  private decoded: string | null = null;
  private lastEscape = -1;

  get isAtEnd(): boolean {
    return this.offset >= this.bytes.length;
  }

  readOn(): void {
    const until = Math.min(this.bytes.length, this.offset + this.sizes.step);
    while (this.offset < until) {
      if (this.stringStart === -1) this.readStructure(until);
      else this.readString(until);
    }
  }

  end(): JsonText {
    const root = this.frames[0] as JsonFrame;
    if (this.stringStart !== -1) this.fail('a string is not closed', this.offset);
    if (this.frames.length > 1) this.fail(`a comma or "${this.top.close}" is expected`, this.offset);
    if (!root.isBehindChild) this.addGroup(root, root.groupStart, this.offset, root.commas + 1, this.colons);
    else if (this.solidEnd !== root.groupStart) this.fail('the text goes on after its end', root.groupStart);
    const [value] = root.value as unknown[];
    const source = new JsonByteSource(this.bytes, this.ends);
    return {
      value,
      isLarge: true,
      findSource: (...path) => source.find(path),
      measureSize: (...path) => source.measureSize(path),
    };
  }

  private readStructure(until: number): void {
    const { bytes } = this;
    while (this.offset < until) {
      const at = this.offset;
      const code = bytes[at] as number;
      if (isSpaceByte(code)) {
        this.offset += 1;
        continue;
      }
      if (at - this.solidEnd > this.sizes.gap) this.gaps.push([this.solidEnd, at]);
      this.offset = at + 1;
      switch (code) {
        case QUOTE:
          this.stringStart = at;
          this.pieceStart = at;
          return;
        case OPEN_BRACE:
        case OPEN_BRACKET:
          this.open(code === OPEN_BRACE, at);
          break;
        case CLOSE_BRACE:
        case CLOSE_BRACKET:
          this.close(code === CLOSE_BRACE, at);
          break;
        case COMMA:
          this.separate(at);
          break;
        case COLON:
          this.colons += 1;
          this.top.colonAt = at;
          break;
        default:
          this.passScalar(at);
      }
      this.solidEnd = this.offset;
    }
  }

  private passScalar(start: number): void {
    const { bytes } = this;
    const most = Math.min(bytes.length, start + this.sizes.long);
    let offset = start + 1;
    while (offset < most && !isPunctuation(bytes[offset] as number)) offset += 1;
    if (offset - start >= this.sizes.long)
      this.refuse(this.pointer(start), `is longer than ${this.sizes.long} bytes`);
    this.offset = offset;
    this.count();
  }

  private readString(until: number): void {
    const { bytes } = this;
    let at = this.offset;
    for (; at < until; at += 1) {
      const code = bytes[at];
      if (code === QUOTE) break;
      if (code !== BACKSLASH) continue;
      this.lastEscape = at;
      at += 1;
      if (bytes[at] === 0x75 && isDoubtful(bytes, at + 1)) this.lastDoubt = this.lastEscape;
    }
    this.offset = at;
    if (bytes[at] === QUOTE && at < until) this.endString(at + 1);
    else if (at - this.pieceStart > this.sizes.long) this.cutString(at);
  }

  /** Decodes the available part of a long string, up to a boundary between two characters. */
  private cutString(at: number): void {
    let cut = at - this.lastEscape < 6 ? this.lastEscape : at;
    while (((this.bytes[cut] ?? 0) & 0xc0) === 0x80) cut -= 1;
    const before = this.decoded === null ? '' : '"';
    this.decoded = (this.decoded ?? '') + this.decode(this.pieceStart, cut, before, '"');
    this.pieceStart = cut;
  }

  private endString(end: number): void {
    const start = this.stringStart;
    const frame = this.top;
    this.offset = end;
    this.solidEnd = end;
    this.stringStart = -1;
    this.count();
    if (this.decoded === null) return;
    const value = this.decoded + this.decode(this.pieceStart, end, '"', '');
    this.decoded = null;
    if (frame.isObject && frame.colonAt < frame.separatorEnd) {
      this.refuse(this.containerPointer(), `has a key that is longer than ${this.sizes.long} bytes`);
    }
    this.assertStorable(value, start);
    this.addChild(value, start, end);
  }

  private assertStorable(value: string, start: number): void {
    if (this.lastDoubt < start) return;
    if (value.includes('\0')) this.refuse(this.pointer(start), 'holds a NUL character');
    if (!isWellFormed(value)) this.refuse(this.pointer(start), 'holds a lone surrogate');
  }

  /** Decodes a piece of a string, adding a quote on each side where it was cut. */
  private decode(from: number, to: number, before: string, after: string): string {
    const text = before + this.bytes.toString('utf8', from, to) + after;
    try {
      return JSON.parse(text) as string;
    } catch {
      new JsonScanner(text, 1, this.describePlace('', 0, from - before.length)).scan();
      return this.fail('a string is not valid', from);
    }
  }

  private open(isObject: boolean, at: number): void {
    const { maxDepth } = this.limits;
    if (this.frames.length > maxDepth) {
      this.refuse(this.pointer(at), `is nested deeper than ${maxDepth} levels`);
    }
    this.count();
    this.frames.push(new JsonFrame(isObject, at, this.colons));
  }

  private separate(at: number): void {
    const frame = this.top;
    if (this.frames.length === 1) this.fail('the text goes on after its end', at);
    if (frame.isBehindChild) {
      this.assertNothingBehindChild(frame);
      frame.beginGroup(at + 1, this.colons);
      frame.isBehindChild = false;
      frame.owesValue = true;
      return;
    }
    frame.commas += 1;
    frame.separatorEnd = at + 1;
    frame.colonsAtSeparator = this.colons;
    if (at - frame.groupStart < this.sizes.group) return;
    this.addGroup(frame, frame.groupStart, at, frame.commas, this.colons);
    frame.beginGroup(at + 1, this.colons);
    frame.owesValue = true;
  }

  private close(isObject: boolean, at: number): void {
    const frame = this.top;
    if (this.frames.length === 1) this.fail('a value is expected', at);
    if (isObject !== frame.isObject) this.fail(`a comma or "${frame.close}" is expected`, at);
    const end = at + 1;
    if (frame.value === null && end - frame.start <= this.sizes.group) {
      this.frames.pop();
      return;
    }
    if (frame.isBehindChild) this.assertNothingBehindChild(frame);
    else {
      const isEmpty = this.solidEnd <= frame.groupStart && !frame.owesValue;
      this.addGroup(frame, frame.groupStart, at, isEmpty ? 0 : frame.commas + 1, this.colons);
    }
    const value = frame.value ?? (frame.isObject ? {} : []);
    this.frames.pop();
    if (!frame.isPlain) {
      keepText(value, () => this.sliceText(frame.start, end));
      this.top.isPlain = false;
    }
    this.addChild(value, frame.start, end);
  }

  private assertNothingBehindChild(frame: JsonFrame): void {
    if (this.solidEnd === frame.groupStart) return;
    this.fail(`a comma or "${frame.close}" is expected`, frame.groupStart);
  }

  private count(): void {
    this.values += 1;
    const { maxValues } = this.limits;
    if (this.values > maxValues) this.refuse('', `holds more than ${maxValues} values and keys`);
  }

  private containerPointer(): string {
    return this.pointer(this.offset, this.top, true);
  }
}
