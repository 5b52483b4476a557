const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** True for JSON's four white space characters. */
export function isSpaceByte(code: number | undefined): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

export function skipSpaceBytes(bytes: Uint8Array, from: number): number {
  let offset = from;
  while (isSpaceByte(bytes[offset])) offset += 1;
  return offset;
}

/** Returns the offset after the string that begins at `start`, or the end of the bytes when the string does not end. */
export function findStringEnd(bytes: Buffer, start: number): number {
  let offset = start + 1;
  // Most strings are short, and a call of `indexOf` costs as much as fifty bytes.
  for (const near = offset + 64; offset < near; offset += 1) {
    const code = bytes[offset];
    if (code === QUOTE) return offset + 1;
    if (code === BACKSLASH) offset += 1;
    if (code === undefined) return bytes.length;
  }
  for (;;) {
    const end = bytes.indexOf(QUOTE, offset);
    if (end === -1) return bytes.length;
    if (!isEscapedAt(bytes, end, start)) return end + 1;
    offset = end + 1;
  }
}

function isEscapedAt(bytes: Buffer, offset: number, start: number): boolean {
  let first = offset;
  while (first - 1 > start && bytes[first - 1] === BACKSLASH) first -= 1;
  return (offset - first) % 2 === 1;
}

export function isPunctuation(code: number): boolean {
  switch (code) {
    case QUOTE:
    case COMMA:
    case COLON:
    case OPEN_BRACKET:
    case CLOSE_BRACKET:
    case OPEN_BRACE:
    case CLOSE_BRACE:
      return true;
    default:
      return isSpaceByte(code);
  }
}

/** True for the hex digits of NUL and of half a surrogate. */
export function isDoubtful(bytes: Uint8Array, at: number): boolean {
  const code = bytes[at];
  return (
    code === 0x64 || code === 0x44 || (code === 0x30 && bytes[at + 1] === 0x30 && bytes[at + 2] === 0x30)
  );
}
