/** A search text while somebody types it. A search reaches the page's address a moment later, and comes back from there. */
export interface SearchText {
  readonly text: string;
  /** The latest value of the address. */
  readonly value: string;
  /** The texts that were searched for and that the address did not have yet, oldest first. */
  readonly sent: readonly string[];
}

/**
 * Follows the address. A text that was searched for itself says nothing new, even if somebody has typed on since. Any other comes from
 * outside, such as the browser's back button, and takes the place of what was typed.
 */
export function followAddress({ text, sent }: SearchText, value: string): SearchText {
  const at = sent.indexOf(value);
  return at === -1 ? { text: value, value, sent: [] } : { text, value, sent: sent.slice(at + 1) };
}
