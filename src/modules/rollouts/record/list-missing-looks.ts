/** Enough to see that something is wrong. */
const MOST_LISTED = 1000;

/**
 * Lists the looks that a record lacks, by their numbers. A look that was deleted leaves nothing that could be computed again, so only the
 * numbers say that there was one.
 *
 * @param looks the numbers of those that are there, ascending.
 * @param count of those that were ever kept.
 */
export function listMissingLooks(looks: readonly number[], count: number): number[] {
  const known = new Set(looks);
  const last = Math.max(count, looks.at(-1) ?? 0);
  const missing: number[] = [];
  for (let look = 1; look <= last && missing.length < MOST_LISTED; look += 1) {
    if (!known.has(look)) missing.push(look);
  }
  return missing;
}
