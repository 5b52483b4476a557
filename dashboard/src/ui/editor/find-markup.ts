/** A part of a template that is not text. */
export interface Markup {
  readonly from: number;
  readonly to: number;
  readonly kind: 'tag' | 'comment';
}

/** A tag whose contents are not parsed, up to its end tag. */
const OPAQUE = /^\{%-?\s*(comment|raw)\s*-?%\}$/;
const ENDS = { comment: /\{%-?\s*endcomment\s*-?%\}/g, raw: /\{%-?\s*endraw\s*-?%\}/g };

/** Finds `{{ … }}`, `{% … %}` and comments, in order. It reads the text only once, even if ends are missing. */
export function findMarkup(text: string): readonly Markup[] {
  const found: Markup[] = [];
  let end = 0;
  for (;;) {
    const from = text.indexOf('{', end);
    if (from === -1) return found;
    const opening = text[from + 1];
    if (opening !== '{' && opening !== '%') {
      end = from + 1;
      continue;
    }
    const closing = text.indexOf(opening === '{' ? '}}' : '%}', from + 2);
    // A tag that is still open at the end is being typed.
    end = closing === -1 ? text.length : closing + 2;
    const opaque = opening === '%' ? OPAQUE.exec(text.slice(from, Math.min(end, from + 40)))?.[1] : undefined;
    if (opaque === undefined) {
      found.push({ from, to: end, kind: 'tag' });
      continue;
    }
    const ending = ENDS[opaque as keyof typeof ENDS];
    ending.lastIndex = end;
    const last = ending.exec(text);
    if (opaque === 'comment') {
      end = last === null ? text.length : ending.lastIndex;
      found.push({ from, to: end, kind: 'comment' });
    } else {
      found.push({ from, to: end, kind: 'tag' });
      end = last?.index ?? text.length;
    }
  }
}

export type TokenKind = 'name' | 'keyword' | 'literal';

export interface Token {
  readonly from: number;
  readonly to: number;
  readonly kind: TokenKind;
}

const TOKEN = /"[^"]*"?|'[^']*'?|\d+(?:\.\d+)?|[\p{L}_][\p{L}\d_-]*|\{\{-?|-?\}\}|\{%-?|-?%\}/gu;
const WORDS = new Set([
  'and',
  'or',
  'contains',
  'in',
  'with',
  'as',
  'by',
  'true',
  'false',
  'nil',
  'empty',
  'blank',
]);

/** Splits a tag into tokens. @param offset the position of the tag. */
export function readTokens(tag: string, offset: number): readonly Token[] {
  let isFirstWord = tag.startsWith('{%');
  const tokens: Token[] = [];
  for (const { 0: word, index } of tag.matchAll(TOKEN)) {
    let kind: TokenKind = 'name';
    if (/^["'\d]/.test(word)) kind = 'literal';
    else if (/^[\p{L}_]/u.test(word)) {
      if (isFirstWord || WORDS.has(word)) kind = 'keyword';
      isFirstWord = false;
    }
    tokens.push({ from: offset + index, to: offset + index + word.length, kind });
  }
  return tokens;
}
