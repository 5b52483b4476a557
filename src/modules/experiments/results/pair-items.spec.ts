import { pairItems, type Side } from './pair-items.js';
import type { ScoredItem } from './results.repository.js';

const item = (number: number, more: Partial<ScoredItem> = {}): ScoredItem => ({
  item: number,
  externalId: null,
  itemHash: `hash ${number}`,
  scored: 3,
  errors: 0,
  passes: 3,
  mean: 1,
  isBinary: true,
  ...more,
});

const side = (items: readonly ScoredItem[], more: Partial<Side> = {}): Side => ({
  items,
  itemCount: items.length,
  repetitions: 3,
  passes: (passes) => passes >= 2,
  ...more,
});

describe('pairItems', () => {
  it('has an item pass or fail as a whole where all values are 0 or 1', () => {
    const baseline = side([item(0, { passes: 2, mean: 2 / 3 }), item(1, { passes: 1, mean: 1 / 3 })]);
    const candidate = side([item(0, { passes: 1, mean: 1 / 3 }), item(1)]);
    expect(pairItems(baseline, candidate)).toMatchObject({
      pairs: [
        { item: 0, baseline: 1, candidate: 0 },
        { item: 1, baseline: 0, candidate: 1 },
      ],
      missing: 0,
      errors: 0,
    });
  });

  it('has the means of numbers', () => {
    const numbers = (mean: number) => side([item(0, { mean, isBinary: false }), item(1)]);
    expect(pairItems(numbers(0.25), numbers(0.75)).pairs).toMatchObject([
      { baseline: 0.25, candidate: 0.75 },
      { baseline: 1, candidate: 1 },
    ]);
  });

  it('tells what is missing because of an error from what was not run', () => {
    const baseline = side([item(0), item(1, { scored: 2, errors: 1 }), item(2)], { itemCount: 5 });
    const candidate = side([item(0), item(1), item(2, { scored: 0, mean: null })], { itemCount: 5 });
    expect(pairItems(baseline, candidate)).toMatchObject({
      pairs: [{ item: 0 }],
      missing: 4,
      missingByError: 1,
      errors: 1,
    });
  });

  it('pairs items of two experiments by what they hold, equal ones in their order', () => {
    const same = (number: number, passes: number) =>
      item(number, { itemHash: 'same', passes, mean: passes / 3 });
    const baseline = side([same(0, 3), item(1), same(2, 0)]);
    const candidate = side([
      item(9, { itemHash: 'new' }),
      same(5, 3),
      same(6, 3),
      item(7, { itemHash: 'hash 1' }),
    ]);
    expect(pairItems(baseline, candidate)).toMatchObject({
      pairs: [
        { item: 5, baseline: 1, candidate: 1 },
        { item: 6, baseline: 0, candidate: 1 },
        { item: 7, baseline: 1, candidate: 1 },
      ],
      missing: 1,
    });
  });
});
