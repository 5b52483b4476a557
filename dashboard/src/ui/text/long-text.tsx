import { memo } from 'react';
import { visibleText } from './visible-text';

/** A text up to this length is one piece. */
const PIECE_CHARS = 8_000;
/** The line height of monospaced text in px: 12 px times 1.55. */
const LINE_PX = 18.6;
/** A line break with text on both sides, because a piece that starts or ends with an empty line would lose it. */
const BREAK = /[^\n]\n(?=[^\n])/g;

/** A text with its hidden characters made visible. The browser lays out only the visible part of a long one. */
export function LongText({ children: text }: { readonly children: string }) {
  const pieces = splitLines(text);
  if (pieces.length === 1) return visibleText(text);
  // A piece has no identity except its position.
  return pieces.map((piece, at) => <Piece key={`${at}`} text={piece} />);
}

/** A block element already ends with a line break, which is also copied. */
const Piece = memo(function Piece({ text }: { readonly text: string }) {
  const lines = text.split('\n').length;
  return (
    <span
      className="block [content-visibility:auto]"
      style={{ containIntrinsicBlockSize: `auto ${lines * LINE_PX}px` }}
    >
      {visibleText(text)}
    </span>
  );
});

/** Splits at line breaks, which are left out. Texts that differ in one line differ in one piece. */
export function splitLines(text: string): readonly string[] {
  const pieces: string[] = [];
  let from = 0;
  while (text.length - from > PIECE_CHARS) {
    BREAK.lastIndex = from + PIECE_CHARS;
    if (BREAK.exec(text) === null) break;
    pieces.push(text.slice(from, BREAK.lastIndex - 1));
    from = BREAK.lastIndex;
  }
  pieces.push(text.slice(from));
  return pieces;
}
