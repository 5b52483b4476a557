/** The most missing looks that are listed. */
const MOST_LISTED = 1000;

/**
 * Lists the numbers of the looks that a record lacks. A deleted look leaves nothing to recompute, so only the gap shows that it existed.
 *
 * @param looks the numbers of the existing looks, ascending.
 * @param count how many looks were ever stored.
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
