/** The most that one call may cost; see `ChargeBound`. */
interface Bound {
  readonly inputPicoUsd: bigint | null;
  readonly outputPicoUsd: bigint | null;
  readonly responseTokens: number | null;
}

export interface EstimatedCandidate {
  /** The average cost of a call over the items that were looked at; null where it is not known. */
  readonly averagePicoUsd: bigint | null;
  /** The longest of the answers. */
  readonly responseTokens: number;
}

export interface EstimatedJudge extends EstimatedCandidate {
  /** The price of a token of its prompt: the answer that it judges is a part of that. */
  readonly inputTokenPicoUsd: bigint | null;
}

/** A token of one vendor is hardly more than these of another. */
const TOKENS_A_TOKEN = 2n;

/**
 * Estimates the most that all cells can cost, if each is called once: every candidate on every item, and every judge on every answer.
 * @returns null where it cannot be known.
 */
export function estimateCost(
  candidates: readonly EstimatedCandidate[],
  judges: readonly EstimatedJudge[],
  { items, repetitions }: { readonly items: number; readonly repetitions: number },
): bigint | null {
  let perItem = 0n;
  for (const { averagePicoUsd, responseTokens } of candidates) {
    if (averagePicoUsd === null) return null;
    perItem += averagePicoUsd;
    for (const judge of judges) {
      if (judge.averagePicoUsd === null || judge.inputTokenPicoUsd === null) return null;
      const answer = BigInt(responseTokens) * TOKENS_A_TOKEN * judge.inputTokenPicoUsd;
      perItem += judge.averagePicoUsd + answer;
    }
  }
  return perItem * BigInt(items) * BigInt(repetitions);
}

/**
 * The average of what calls may cost, rounded up. What would be refused costs nothing.
 * @param bounds null for what would be refused.
 * @returns null where one of them has no price, or no bound on an answer that costs something.
 */
export function averageCost(bounds: readonly (Bound | null)[]): bigint | null {
  if (bounds.length === 0) return 0n;
  let sum = 0n;
  for (const bound of bounds) {
    if (bound === null) continue;
    const { inputPicoUsd: input, outputPicoUsd: output, responseTokens: tokens } = bound;
    if (input === null || output === null) return null;
    if (tokens === null && output > 0n) return null;
    sum += input + output * BigInt(tokens ?? 0);
  }
  const count = BigInt(bounds.length);
  return (sum + count - 1n) / count;
}
