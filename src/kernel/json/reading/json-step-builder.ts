import { JsonFrame } from './json-frame.js';
import { countKeys } from './json-fast.js';
import { JsonScanner } from './json-scanner.js';
import { isStorable, toKey } from './json-values.js';
import { keepSources, keepsText } from '../kept-json.js';
import { ValidationError } from '../../ledger-error.js';
import { pointerSegment } from '../../pointer-segment.js';

export interface JsonStepLimits {
  /** The most containers open at once. */
  readonly maxDepth: number;
  /** The most strings, numbers, literals, containers and keys in the whole text. */
  readonly maxValues: number;
  /** The most members that one object may have. */
  readonly maxMembers: number;
}

/** Sizes in bytes. They do not change the result; tests use small ones. */
export interface JsonStepSizes {
  /** Bytes examined in one step. */
  readonly step: number;
  /** Approximate size of what the native parser parses in one call. */
  readonly group: number;
  /** Longer strings are decoded in pieces. Longer keys and numbers are refused. */
  readonly long: number;
  /** White space of at least this length is cut out before parsing. */
  readonly gap: number;
}

interface Group {
  readonly text: string;
  /** The offset in the bytes at which the text begins. */
  readonly from: number;
  /** The number of elements or members that it must have, judging by its commas. */
  readonly expected: number;
  /** The number of colons in it, which is that of the members of all its objects. */
  readonly colons: number;
}

/** The part of reading in steps that builds values and locates faults. */
export class JsonStepBuilder {
  protected readonly frames: JsonFrame[] = [new JsonFrame(false, -1, 0)];
  /** The offset after the last byte that is not white space. */
  protected solidEnd = 0;
  protected colons = 0;
  /** The offset of the last escape that may stand for NUL or half a surrogate. */
  protected lastDoubt = -1;
  /** Ranges of long white space, which are cut out. */
  protected readonly gaps: (readonly [number, number])[] = [];
  /** Ends of large values by their start offset. */
  protected readonly ends = new Map<number, number>();

  constructor(
    protected readonly bytes: Buffer,
    protected readonly limits: JsonStepLimits,
    protected readonly sizes: JsonStepSizes,
  ) {}

  protected get top(): JsonFrame {
    return this.frames.at(-1) as JsonFrame;
  }

  /** Adds a large value, which was read separately, to the container that is open now. */
  protected addChild(value: unknown, start: number, end: number): void {
    const frame = this.top;
    const { separatorEnd } = frame;
    if (frame.isBehindChild) this.fail(`a comma or "${frame.close}" is expected`, start);
    if (separatorEnd > frame.groupStart) {
      const before = frame.colonsAtSeparator;
      this.addGroup(frame, frame.groupStart, separatorEnd - 1, frame.commas, before);
    }
    const name = this.sliceText(separatorEnd, start).trim();
    if (frame.isObject) {
      // The member gets a small placeholder for the large value, so that its key is checked like any other.
      this.addText(frame, { text: `${name}null`, from: separatorEnd, expected: 1, colons: 1 });
      const members = frame.value as Record<string, unknown>;
      members[toKey(name)] = value;
    } else if (name === '') {
      (frame.value ??= []) as unknown[];
      (frame.value as unknown[]).push(value);
      frame.count += 1;
    } else this.fail('a comma is expected', start);
    this.ends.set(start, end);
    frame.beginGroup(end, this.colons);
    frame.isBehindChild = true;
    frame.owesValue = false;
  }

  protected addGroup(frame: JsonFrame, from: number, to: number, expected: number, colons: number): void {
    const text = this.sliceText(from, to);
    this.addText(frame, { text, from, expected, colons: colons - frame.colonsAtGroup });
  }

  /** Parses members or elements and adds them. The scanner judges a text that is not beyond doubt. */
  private addText(frame: JsonFrame, group: Group): void {
    const { text, from, expected } = group;
    const wrapped = frame.isObject ? `{${text}}` : `[${text}]`;
    let value: unknown;
    try {
      value = JSON.parse(wrapped);
    } catch {
      return this.failGroup(frame, wrapped, from);
    }
    const keys = Object.keys(value as object);
    const isDoubtful =
      keys.length !== expected ||
      countKeys(value) !== group.colons ||
      (this.lastDoubt >= from && !isStorable(value));
    if (isDoubtful) return this.failGroup(frame, wrapped, from);
    keepSources(wrapped, value);
    if (keepsText(value)) frame.isPlain = false;
    if (!frame.isObject) {
      const list = (frame.value ??= []) as unknown[];
      for (const element of value as unknown[]) list.push(element);
    } else this.addMembers(frame, value as Record<string, unknown>, keys, from);
    frame.count += keys.length;
  }

  private addMembers(
    frame: JsonFrame,
    added: Readonly<Record<string, unknown>>,
    keys: readonly string[],
    from: number,
  ): void {
    const { maxMembers } = this.limits;
    if (frame.count + keys.length > maxMembers) {
      this.refuse(this.pointer(from, frame, true), `has more than ${maxMembers} members`);
    }
    const members = (frame.value ??= {}) as Record<string, unknown>;
    for (const key of keys) {
      if (Object.hasOwn(members, key)) {
        this.refuse(`${this.pointer(from, frame, true)}/${pointerSegment(key)}`, 'appears more than once');
      }
      members[key] = added[key];
    }
  }

  private failGroup(frame: JsonFrame, wrapped: string, from: number): never {
    const place = this.describePlace(this.pointer(from, frame, true), frame.count, from - 1);
    new JsonScanner(wrapped, this.limits.maxDepth + 1, place).scan();
    return this.fail('a value is expected', from);
  }

  protected describePlace(pointer: string, index: number, from: number) {
    return { pointer, index, locate: (offset: number) => this.locate(from + offset) };
  }

  protected sliceText(from: number, to: number): string {
    let text = '';
    let start = from;
    for (const [gapStart, gapEnd] of this.gaps) {
      if (gapStart < start || gapEnd > to) continue;
      // Keeps one space, because two numbers would otherwise become one.
      text += `${this.bytes.toString('utf8', start, gapStart)} `;
      start = gapEnd;
    }
    // Trailing white space is not a gap yet, and a parser does not need it.
    const end = Math.max(
      start,
      to - start > this.sizes.gap ? Math.min(to, Math.max(this.solidEnd, start)) : to,
    );
    return text + this.bytes.toString('utf8', start, end);
  }

  /**
   * @param at the offset of the value in question in the innermost container
   * @param of the container, if not the innermost
   * @param isContainer points at the container itself
   */
  protected pointer(at: number, of: JsonFrame = this.top, isContainer = false): string {
    const depth = this.frames.indexOf(of);
    const open = depth === -1 ? this.frames : this.frames.slice(0, depth + 1);
    const begins = [...open.slice(1).map(({ start }) => start), at];
    const steps = open.map((frame, nth) => this.toStep(frame, begins[nth] as number));
    // The outermost frame is the text itself.
    return steps.slice(1, isContainer ? -1 : undefined).join('');
  }

  private toStep(frame: JsonFrame, childStart: number): string {
    if (!frame.isObject) return `/${frame.count + frame.commas}`;
    try {
      return `/${pointerSegment(toKey(this.sliceText(frame.separatorEnd, childStart).trim()))}`;
    } catch {
      return '/';
    }
  }

  private locate(offset: number): { readonly line: number; readonly column: number } {
    let line = 1;
    let lineStart = 0;
    for (let at = this.bytes.indexOf(0x0a); at !== -1 && at < offset; at = this.bytes.indexOf(0x0a, at + 1)) {
      line += 1;
      lineStart = at + 1;
    }
    return { line, column: offset - lineStart + 1 };
  }

  protected fail(problem: string, offset: number): never {
    const { line, column } = this.locate(offset);
    const where = `line ${line}, column ${column}`;
    throw new ValidationError(`Send JSON: ${problem} at ${where}.`, [
      { pointer: '', message: `is not JSON: ${problem} at ${where}` },
    ]);
  }

  protected refuse(pointer: string, message: string): never {
    throw new ValidationError('Correct the parts of the JSON text that "errors" lists.', [
      { pointer, message },
    ]);
  }
}
