import { estimateTokens, type Part } from './parts.js';

/** Estimates the number of tokens with which all prompts of a version begin alike: the text before the first tag or variable. */
export function countPrefixTokens(parts: readonly Part[]): number {
  let characters = 0;
  for (const { source, markup } of parts) {
    const [first] = markup;
    characters += first?.begin ?? source.length;
    if (first !== undefined) break;
  }
  return estimateTokens(characters);
}
