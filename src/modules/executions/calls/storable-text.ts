/** Replaces NUL, which Postgres `text` cannot hold, with U+FFFD, so that the rest of the text is kept. */
export function storableText<Text extends string | null>(text: Text): Text {
  return (typeof text === 'string' ? text.replaceAll('\0', '\uFFFD') : text) as Text;
}
