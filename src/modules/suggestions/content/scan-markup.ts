/** A piece of a template that is not text: an output, a tag, or a whole block with plain text inside. */
export interface Markup {
  readonly kind: 'output' | 'tag' | 'inert';
  readonly begin: number;
  readonly end: number;
}

const OPENING = /\{[{%]/gu;
const INERT_TAG = /\{%-?[ \t\r\n]*(raw|comment)[ \t\r\n]*-?%\}/uy;
const ENDS = {
  raw: /\{%-?[ \t\r\n]*endraw[ \t\r\n]*-?%\}/gu,
  comment: /\{%-?[ \t\r\n]*endcomment[ \t\r\n]*-?%\}/gu,
} as const;

/**
 * Finds the markup of a template, in the order of the text. It only moves forward and treats unclosed markup as text, so its time is linear
 * for any template. A single pattern would search from every opening to the end.
 */
export function scanMarkup(source: string): Markup[] {
  const found: Markup[] = [];
  const unclosed = new Set<string>();
  let at = 0;
  for (;;) {
    OPENING.lastIndex = at;
    const opening = OPENING.exec(source);
    if (opening === null) return found;
    const begin = opening.index;
    const inertEnd = findInertEnd(source, begin, unclosed);
    const isOutput = source[begin + 1] === '{';
    const closing = isOutput ? '}}' : '%}';
    const close = inertEnd === null && !unclosed.has(closing) ? source.indexOf(closing, begin + 2) : -1;
    if (inertEnd !== null) found.push({ kind: 'inert', begin, end: inertEnd });
    else if (close >= 0) found.push({ kind: isOutput ? 'output' : 'tag', begin, end: close + 2 });
    else unclosed.add(closing);
    at = found.at(-1)?.begin === begin ? (found.at(-1)?.end ?? begin + 2) : begin + 2;
  }
}

function findInertEnd(source: string, begin: number, unclosed: Set<string>): number | null {
  INERT_TAG.lastIndex = begin;
  const [tag, name] = INERT_TAG.exec(source) ?? [];
  if (tag === undefined || (name !== 'raw' && name !== 'comment') || unclosed.has(name)) return null;
  const end = ENDS[name];
  end.lastIndex = begin + tag.length;
  if (end.test(source)) return end.lastIndex;
  unclosed.add(name);
  return null;
}
