import { distance } from 'fastest-levenshtein';

/**
 * The work of a comparison grows with the product of both lengths, and this many steps take about a second. Texts of 100,000 characters
 * each just fit.
 */
const MOST_STEPS = 10_000_000_000;

const ASTRAL = /[\u{10000}-\u{10FFFF}]/gu;
const FIRST_SURROGATE = 0xd800;
const SURROGATES = 0x800;

/**
 * Returns the similarity of two texts: 1 less their Levenshtein distance by the longer length, both in characters (code points). A common
 * prefix and suffix are removed first, because that is cheap and does not change the distance.
 * @returns 0 to 1; null when it would take too long.
 */
export function similarityBetween(one: string, other: string, mostSteps = MOST_STEPS): number | null {
  if (one === other) return 1;
  const units = oneUnitEach(one, other);
  if (units === null) return null;
  const [left, right] = units;
  const longer = Math.max(left.length, right.length);
  const shorter = Math.min(left.length, right.length);
  let start = 0;
  while (start < shorter && left[start] === right[start]) start += 1;
  let end = 0;
  while (end < shorter - start && left[left.length - 1 - end] === right[right.length - 1 - end]) end += 1;
  const [mine, theirs] = [left.slice(start, left.length - end), right.slice(start, right.length - end)];
  if (mine.length * theirs.length > mostSteps) return null;
  return 1 - distance(mine, theirs) / longer;
}

/**
 * Replaces each astral character by one surrogate, which no text has alone, so that every character takes one UTF-16 unit.
 * @returns null for texts with more different astral characters than there are surrogates.
 */
function oneUnitEach(one: string, other: string): readonly [string, string] | null {
  const units = new Map<string, string>();
  for (const text of [one, other]) {
    for (const [character] of text.matchAll(ASTRAL)) {
      if (units.has(character)) continue;
      if (units.size === SURROGATES) return null;
      units.set(character, String.fromCharCode(FIRST_SURROGATE + units.size));
    }
  }
  if (units.size === 0) return [one, other];
  const replace = (text: string) => text.replace(ASTRAL, (character) => units.get(character) as string);
  return [replace(one), replace(other)];
}
