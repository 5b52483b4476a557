/** The most that one call may cost; see `ChargeBound`. */
interface Bound {
  readonly inputPicoUsd: bigint | null;
  readonly outputPicoUsd: bigint | null;
  readonly responseTokens: number | null;
}

export interface EstimatedCandidate {
  /** The average cost of a call over the sampled items; null when it is unknown. */
  readonly averagePicoUsd: bigint | null;
  /** The length of the longest answer, in tokens. */
  readonly responseTokens: number;
}

export interface EstimatedJudge extends EstimatedCandidate {
  /** The price of a prompt token, because the judged answer is part of the judge's prompt. */
  readonly inputTokenPicoUsd: bigint | null;
}

/** A token of one vendor rarely takes more than this many of another. */
const TOKENS_A_TOKEN = 2n;

/**
 * Estimates the most that all cells can cost if each is called once: every candidate on every item, and every judge on every
 * answer.
 * @returns null when it cannot be known.
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
 * Averages the maximum costs of the calls, rounded up. A call that would be refused costs nothing.
 * @param bounds null for a call that would be refused.
 * @returns null when one of them has no price, or no bound on an answer that costs something.
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
