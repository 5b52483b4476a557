import { filter } from '../filter.js';
import type { Filter } from '../filter.js';
import { listFilters } from './lists.js';
import { numberFilters } from './numbers.js';
import { stringFilters } from './strings.js';

/**
 * The filters of `liquid-1`; no others exist. They are Liquid's, reimplemented, because LiquidJS's cut characters in half (`split: ""`,
 * `first`), take quadratic time for some inputs, and may change with a release. No filter reads a clock, chance, a time zone or a locale,
 * so there is no `date` and no `sample`.
 */
const filters: ReadonlyMap<string, Filter> = new Map<string, Filter>(
  Object.entries({
    ...stringFilters,
    ...listFilters,
    ...numberFilters,
    // Evaluated separately in evaluate.ts, because its input decides whether it needs its argument.
    default: filter(1, 1, (input) => input),
  }),
);

/** Returns the filter with that name, or null. */
export function findFilter(name: string): Filter | null {
  return filters.get(name) ?? null;
}
