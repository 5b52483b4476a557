import { filter } from '../filter.js';
import type { Filter } from '../filter.js';
import { listFilters } from './lists.js';
import { numberFilters } from './numbers.js';
import { stringFilters } from './strings.js';

/**
 * The filters of `liquid-1`: what is not in here does not exist. They are Liquid's, written anew, because LiquidJS's
 * cut characters in half (`split: ""`, `first`), let some inputs take quadratic time, and may change with a release.
 * There is none that looks at a clock, chance, a time zone or a locale: no `date`, no `sample`.
 */
const filters: ReadonlyMap<string, Filter> = new Map<string, Filter>(
  Object.entries({
    ...stringFilters,
    ...listFilters,
    ...numberFilters,
    // Evaluated apart, in evaluate.ts: whether it needs its argument depends on its input.
    default: filter(1, 1, (input) => input),
  }),
);

/** The filter of that name, or null. */
export function findFilter(name: string): Filter | null {
  return filters.get(name) ?? null;
}
