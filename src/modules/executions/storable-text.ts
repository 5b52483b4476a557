/**
 * Postgres' `text` has no NUL, and a vendor may send one. It is kept as U+FFFD, so that the answer is not lost for it;
 * the checksum is of what the vendor sent.
 */
export function storableText(text: string): string {
  return text.replaceAll('\0', '\uFFFD');
}
