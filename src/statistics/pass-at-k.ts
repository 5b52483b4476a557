/** The numbers of tries and passes of an item. */
interface Tries {
  readonly n: number;
  readonly passes: number;
}

/**
 * pass@k: the chance that of k tries, drawn from those that were made, at least one passes: 1 − C(n − c, k)/C(n, k). 7 of 10 with
 * k 3 is 0.991667. @throws RangeError unless 1 ≤ k ≤ n.
 */
export function passAtK({ n, passes }: Tries, k: number): number {
  return 1 - shareOfDraws(n - passes, n, k);
}

/** pass^k: the chance that all k of them pass: C(c, k)/C(n, k). 7 of 10 with k 3 is 0.291667. @throws RangeError as above. */
export function passHatK({ n, passes }: Tries, k: number): number {
  return shareOfDraws(passes, n, k);
}

/** C(some, k)/C(n, k), factor by factor, so that nothing overflows. */
function shareOfDraws(some: number, n: number, k: number): number {
  if (!(k >= 1 && k <= n)) throw new RangeError(`k must be from 1 to ${n}`);
  let share = 1;
  for (let at = 0; at < k; at += 1) share *= Math.max(0, some - at) / (n - at);
  return share;
}
