/** How often an item was tried and how often it passed. */
interface Tries {
  readonly n: number;
  readonly passes: number;
}

/**
 * pass@k: the probability that at least one of k tries, drawn from those made, passes: 1 − C(n − c, k)/C(n, k). 7 of 10 with k = 3 gives
 * 0.991667. @throws RangeError unless 1 ≤ k ≤ n.
 */
export function passAtK({ n, passes }: Tries, k: number): number {
  return 1 - shareOfDraws(n - passes, n, k);
}

/** pass^k: the probability that all k tries pass: C(c, k)/C(n, k). 7 of 10 with k = 3 gives 0.291667. @throws RangeError as above. */
export function passHatK({ n, passes }: Tries, k: number): number {
  return shareOfDraws(passes, n, k);
}

/** Returns C(some, k)/C(n, k), computed factor by factor so that nothing overflows. */
function shareOfDraws(some: number, n: number, k: number): number {
  if (!(k >= 1 && k <= n)) throw new RangeError(`k must be from 1 to ${n}`);
  let share = 1;
  for (let at = 0; at < k; at += 1) share *= Math.max(0, some - at) / (n - at);
  return share;
}
