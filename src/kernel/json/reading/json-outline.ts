import { endOfString, skipSpace } from '../json-source.js';

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const SPACE = 0x20;
const TAB = 0x09;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** What one pass over the punctuation finds in a text that is JSON. */
export interface JsonOutline {
  /** The number of members of all objects in the text, counting duplicates. */
  readonly memberCount: number;
  /**
   * Four offsets for each member of the outermost object: the start (at the quote) and end of its key, and the start and end of its value.
   * Empty for a text that is not an object.
   */
  readonly members: readonly number[];
}

/**
 * Counts members and finds those of the outermost object. Skips strings with `indexOf`, which is an order of magnitude faster than a loop
 * over characters. Does not check the grammar, so the outline of a text that is not JSON is meaningless.
 *
 * @param maxDepth the most containers open at once.
 * @returns null for a text that is deeper or has an unterminated string.
 */
export function outlineJson(text: string, maxDepth: number): JsonOutline | null {
  const members: number[] = [];
  const isObject = text.charCodeAt(skipSpace(text, 0)) === OPEN_BRACE;
  let memberCount = 0;
  let depth = 0;
  /** The bounds of the last string. At a colon, that is the key. */
  let stringStart = 0;
  let stringEnd = 0;
  /** The offset after the last character that is not white space. */
  let end = 0;
  for (let offset = 0; offset < text.length; offset += 1) {
    const code = text.charCodeAt(offset);
    switch (code) {
      case QUOTE:
        stringStart = offset;
        stringEnd = endOfString(text, offset);
        if (stringEnd === 0) return null;
        offset = stringEnd - 1;
        break;
      case OPEN_BRACE:
      case OPEN_BRACKET:
        depth += 1;
        if (depth > maxDepth) return null;
        break;
      case COLON:
        memberCount += 1;
        if (depth === 1) members.push(stringStart, stringEnd, skipSpace(text, offset + 1));
        break;
      case COMMA:
        if (depth === 1 && isObject) members.push(end);
        break;
      case CLOSE_BRACE:
      case CLOSE_BRACKET:
        // An empty object has no member to end.
        if (depth === 1 && members.length > 0) members.push(end);
        depth -= 1;
        break;
      case SPACE:
      case TAB:
      case LINE_FEED:
      case CARRIAGE_RETURN:
        continue;
    }
    end = offset + 1;
  }
  return { memberCount, members };
}
