import { findStringEnd, skipSpaceBytes } from './json-bytes.js';

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

interface Range {
  readonly start: number;
  readonly end: number;
}

/** The children of a container that were visited so far. */
interface Walk {
  readonly children: Map<string, Range>;
  readonly isObject: boolean;
  offset: number;
  isOver: boolean;
}

/**
 * Finds parts in bytes that are known to be JSON. Walks a container only as far as the child that is asked for, and continues from there
 * for the next one. Asking for a part of each of a thousand entries therefore costs each entry only its own bytes.
 */
export class JsonByteSource {
  private readonly walks = new Map<number, Walk>();

  /** @param ends the ends of large parts by their start, so that these parts are skipped without walking them. */
  constructor(
    private readonly bytes: Buffer,
    private readonly ends: ReadonlyMap<number, number>,
  ) {}

  /** Returns the text of the part at the path, or `null`. */
  find(path: readonly (string | number)[]): string | null {
    const range = this.findRange(path);
    return range === undefined ? null : this.bytes.toString('utf8', range.start, range.end);
  }

  /** Returns the size of the part in bytes; 0 when there is no such part. */
  measureSize(path: readonly (string | number)[]): number {
    const range = this.findRange(path);
    return range === undefined ? 0 : range.end - range.start;
  }

  private findRange(path: readonly (string | number)[]): Range | undefined {
    const start = skipSpaceBytes(this.bytes, 0);
    let range: Range | undefined = { start, end: this.endOfValue(start) };
    for (const step of path) {
      range = this.findChild(range.start, String(step));
      if (range === undefined) return undefined;
    }
    return range;
  }

  private findChild(start: number, key: string): Range | undefined {
    let walk = this.walks.get(start);
    if (walk === undefined) {
      walk = this.beginWalk(start);
      this.walks.set(start, walk);
    }
    while (!walk.isOver && !walk.children.has(key)) this.walkOn(walk);
    return walk.children.get(key);
  }

  private beginWalk(start: number): Walk {
    const code = this.bytes[start];
    const offset = skipSpaceBytes(this.bytes, start + 1);
    const isContainer = code === OPEN_BRACE || code === OPEN_BRACKET;
    const isOver = !isContainer || isClose(this.bytes[offset]);
    return { children: new Map(), isObject: code === OPEN_BRACE, offset, isOver };
  }

  private walkOn(walk: Walk): void {
    const { bytes } = this;
    let start = walk.offset;
    let key = String(walk.children.size);
    if (walk.isObject) {
      const keyEnd = findStringEnd(bytes, start);
      key = JSON.parse(bytes.toString('utf8', start, keyEnd)) as string;
      start = skipSpaceBytes(bytes, skipSpaceBytes(bytes, keyEnd) + 1);
    }
    const end = this.endOfValue(start);
    walk.children.set(key, { start, end });
    const next = skipSpaceBytes(bytes, end);
    walk.isOver = bytes[next] !== COMMA;
    walk.offset = skipSpaceBytes(bytes, next + 1);
  }

  private endOfValue(start: number): number {
    const known = this.ends.get(start);
    if (known !== undefined) return known;
    const { bytes } = this;
    const code = bytes[start];
    if (code === QUOTE) return findStringEnd(bytes, start);
    if (code !== OPEN_BRACE && code !== OPEN_BRACKET) return endOfScalar(bytes, start);
    let depth = 0;
    for (let offset = start; offset < bytes.length; offset += 1) {
      const at = bytes[offset];
      if (at === QUOTE) offset = findStringEnd(bytes, offset) - 1;
      else if (at === OPEN_BRACE || at === OPEN_BRACKET) depth += 1;
      else if (isClose(at)) depth -= 1;
      if (depth === 0) return offset + 1;
    }
    return bytes.length;
  }
}

function isClose(code: number | undefined): boolean {
  return code === CLOSE_BRACE || code === CLOSE_BRACKET;
}

function endOfScalar(bytes: Buffer, start: number): number {
  let offset = start;
  for (; offset < bytes.length; offset += 1) {
    const code = bytes[offset] as number;
    if (code <= 0x20 || code === COMMA || isClose(code)) break;
  }
  return offset;
}
