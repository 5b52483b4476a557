import { endOfString, skipSpace } from './json-source.js';

/**
 * Lays out JSON with other white space: none, or indented lines as from `JSON.stringify`. Strings, numbers and the order of keys stay
 * character for character.
 *
 * @param text known to be JSON.
 * @param indent spaces for each level; 0 for compact.
 */
export function layOutJson(text: string, indent = 0): string {
  let laidOut = '';
  /** The start of the text that is not copied yet. */
  let from = 0;
  let depth = 0;
  const breakLine = (): string => (indent === 0 ? '' : `\n${' '.repeat(indent * depth)}`);
  for (let offset = 0; offset < text.length; offset += 1) {
    switch (text[offset]) {
      case '"':
        offset = endOfString(text, offset) - 1;
        continue;
      case ' ':
      case '\n':
      case '\r':
      case '\t':
        laidOut += text.slice(from, offset);
        break;
      case ',':
        if (indent === 0) continue;
        laidOut += text.slice(from, offset + 1) + breakLine();
        break;
      case ':':
        if (indent === 0) continue;
        laidOut += `${text.slice(from, offset)}: `;
        break;
      case '{':
      case '[': {
        if (indent === 0) continue;
        laidOut += text.slice(from, offset + 1);
        const next = skipSpace(text, offset + 1);
        const isEmpty = text[next] === '}' || text[next] === ']';
        if (isEmpty) {
          laidOut += text[next] ?? '';
          offset = next;
        } else {
          depth += 1;
          laidOut += breakLine();
        }
        break;
      }
      case '}':
      case ']':
        if (indent === 0) continue;
        depth -= 1;
        laidOut += text.slice(from, offset) + breakLine() + (text[offset] ?? '');
        break;
      default:
        continue;
    }
    from = offset + 1;
  }
  return from === 0 ? text : laidOut + text.slice(from);
}
