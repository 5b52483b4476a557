/** Postgres' `text` has no NUL; it is kept as U+FFFD, so that the rest is not lost for it. */
export function storableText<Text extends string | null>(text: Text): Text {
  return (typeof text === 'string' ? text.replaceAll('\0', '\uFFFD') : text) as Text;
}
