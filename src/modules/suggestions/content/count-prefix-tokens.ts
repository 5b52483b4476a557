import { estimateTokens, type Part } from './parts.js';

/** With about how many tokens all prompts of a version begin alike: what stands in front of the first tag or variable. */
export function countPrefixTokens(parts: readonly Part[]): number {
  let characters = 0;
  for (const { source, markup } of parts) {
    const [first] = markup;
    characters += first?.begin ?? source.length;
    if (first !== undefined) break;
  }
  return estimateTokens(characters);
}
