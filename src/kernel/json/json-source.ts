const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

interface Range {
  readonly start: number;
  readonly end: number;
}

/**
 * Finds parts in a text that is known to be JSON. Walks each container on the way once and keeps its children, so that asking for a part of
 * each of 10,000 entries stays linear.
 */
export class JsonSource {
  private readonly children = new Map<number, Map<string, Range>>();

  constructor(private readonly text: string) {}

  /** Returns the text of the part at the path, or `null`. */
  find(path: readonly (string | number)[]): string | null {
    const start = skipSpace(this.text, 0);
    // The end of the whole is not needed for a part, and finding it would read the entire text each time.
    const end = path.length === 0 ? endOfValue(this.text, start) : start;
    let range: Range | undefined = { start, end };
    for (const step of path) {
      range = this.listChildren(range.start).get(String(step));
      if (range === undefined) return null;
    }
    return this.text.slice(range.start, range.end);
  }

  /** Returns the keys of the outermost object in their order; `0`, `1`, `2` … for an array. */
  keys(): string[] {
    return [...this.listChildren(skipSpace(this.text, 0)).keys()];
  }

  private listChildren(start: number): Map<string, Range> {
    const known = this.children.get(start);
    if (known !== undefined) return known;
    const found = listChildren(this.text, start);
    this.children.set(start, found);
    return found;
  }
}

function listChildren(text: string, start: number): Map<string, Range> {
  const children = new Map<string, Range>();
  const code = text.charCodeAt(start);
  if (code !== OPEN_BRACE && code !== OPEN_BRACKET) return children;
  const close = code === OPEN_BRACE ? CLOSE_BRACE : CLOSE_BRACKET;
  let offset = skipSpace(text, start + 1);
  while (text.charCodeAt(offset) !== close) {
    let key = String(children.size);
    if (code === OPEN_BRACE) {
      const keyEnd = endOfString(text, offset);
      key = JSON.parse(text.slice(offset, keyEnd)) as string;
      offset = skipSpace(text, skipSpace(text, keyEnd) + 1);
    }
    const end = endOfValue(text, offset);
    children.set(key, { start: offset, end });
    offset = skipSpace(text, end);
    if (text.charCodeAt(offset) === COMMA) offset = skipSpace(text, offset + 1);
  }
  return children;
}

const SCALAR_END = /[\s,\]}]|$/g;
const STRUCTURE = /["{}[\]]/g;

/** Returns the offset after the value that begins at `start`. The text must be JSON. */
function endOfValue(text: string, start: number): number {
  const code = text.charCodeAt(start);
  if (code === QUOTE) return endOfString(text, start);
  if (code !== OPEN_BRACE && code !== OPEN_BRACKET) {
    SCALAR_END.lastIndex = start;
    return SCALAR_END.exec(text)?.index ?? text.length;
  }
  let depth = 0;
  STRUCTURE.lastIndex = start;
  for (let found = STRUCTURE.exec(text); found !== null; found = STRUCTURE.exec(text)) {
    const mark = found[0];
    if (mark === '"') STRUCTURE.lastIndex = endOfString(text, found.index);
    else depth += mark === '{' || mark === '[' ? 1 : -1;
    if (depth === 0) return found.index + 1;
  }
  return text.length;
}

/** Returns the offset after the string that begins at `start`; 0 when the string does not end. */
export function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (isEscapedAt(text, end)) end = text.indexOf('"', end + 1);
  return end + 1;
}

function isEscapedAt(text: string, offset: number): boolean {
  let first = offset;
  while (text.charCodeAt(first - 1) === BACKSLASH) first -= 1;
  return (offset - first) % 2 === 1;
}

/** Skips the four characters that JSON allows; `\s` would match more. */
export function skipSpace(text: string, from: number): number {
  let offset = from;
  for (;;) {
    const code = text.charCodeAt(offset);
    if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return offset;
    offset += 1;
  }
}
