/** Matches a mark that ends a sentence, with the closing quotes and brackets after it. */
const ENDED = /[.!?…。！？｡]["'”’»)\]}]*$/u;

/**
 * Makes foreign text end like a sentence, so that one of ours can follow: adds a full stop where none is, and drops an open ending such as
 * the colon in `failed:`.
 */
export function endSentence(text: string): string {
  const trimmed = text.trimEnd();
  if (trimmed === '' || ENDED.test(trimmed)) return trimmed;
  return `${trimmed.replace(/[\s,;:–—-]+$/u, '')}.`;
}
