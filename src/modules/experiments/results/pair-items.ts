import type { Pair } from '../../../statistics/index.js';
import type { ScoredItem } from './results.repository.js';

/** One candidate's values. */
export interface Side {
  readonly items: readonly ScoredItem[];
  /** The number of items in the dataset. Items that were not started are missing. */
  readonly itemCount: number;
  readonly repetitions: number;
  /** Whether an item passes when this many repetitions do. */
  readonly passes: (passes: number) => boolean;
}

export interface ItemPair extends Pair {
  /** The index of the item among those of the candidate. */
  readonly item: number;
  /** The item's index in the baseline's experiment, which may be another one. */
  readonly baselineItem: number;
  readonly externalId: string | null;
  readonly itemHash: string;
}

export interface PairedItems {
  readonly pairs: readonly ItemPair[];
  /** Items that lack a score on one side, or that only one side has. */
  readonly missing: number;
  /** How many of the missing items have an error on one side. */
  readonly missingByError: number;
  /** Repetitions with an error, on either side. */
  readonly errors: number;
}

/**
 * Pairs the items of two candidates by content; equal items are paired in order. If all values are 0 or 1, an item passes or
 * fails as a whole. Otherwise its value is the mean of its repetitions.
 */
export function pairItems(baseline: Side, candidate: Side): PairedItems {
  const asPasses = [...baseline.items, ...candidate.items].every(({ isBinary }) => isBinary);
  const others = new Map(numberEqual(baseline.items).map(([key, item]) => [key, item]));
  const pairs: ItemPair[] = [];
  let missingByError = 0;
  for (const [key, item] of numberEqual(candidate.items)) {
    const other = others.get(key);
    others.delete(key);
    const [got, had] = [
      pickFigure(item, candidate, asPasses),
      other && pickFigure(other, baseline, asPasses),
    ];
    if (got !== null && other !== undefined && had !== null && had !== undefined) {
      const { externalId, itemHash } = item;
      pairs.push({
        item: item.item,
        baselineItem: other.item,
        externalId,
        itemHash,
        baseline: had,
        candidate: got,
      });
    } else if (item.errors > 0 || (other?.errors ?? 0) > 0) missingByError += 1;
  }
  missingByError += [...others.values()].filter(({ errors }) => errors > 0).length;
  const errors = [...baseline.items, ...candidate.items].reduce((sum, each) => sum + each.errors, 0);
  // Two sides of one dataset share all items. With two datasets, items that only one side has are missing as well.
  const known = Math.max(baseline.itemCount, candidate.itemCount, candidate.items.length + others.size);
  return { pairs, missing: known - pairs.length, missingByError, errors };
}

function pickFigure({ scored, passes, mean }: ScoredItem, side: Side, asPasses: boolean): number | null {
  if (scored < side.repetitions || mean === null) return null;
  if (asPasses) return side.passes(passes) ? 1 : 0;
  return mean;
}

function numberEqual(items: readonly ScoredItem[]): [key: string, item: ScoredItem][] {
  const counts = new Map<string, number>();
  return items.map((item) => {
    const nth = counts.get(item.itemHash) ?? 0;
    counts.set(item.itemHash, nth + 1);
    return [`${item.itemHash} ${nth}`, item];
  });
}
