/** A mark that ends a sentence, and the quotes and brackets that may close behind it. */
const ENDED = /[.!?…。！？｡]["'”’»)\]}]*$/u;

/**
 * Text of others, before a sentence of ours: with a full stop, unless it ends as a sentence does already. What is left open,
 * such as `failed:`, is closed.
 */
export function endSentence(text: string): string {
  const trimmed = text.trimEnd();
  if (trimmed === '' || ENDED.test(trimmed)) return trimmed;
  return `${trimmed.replace(/[\s,;:–—-]+$/u, '')}.`;
}
