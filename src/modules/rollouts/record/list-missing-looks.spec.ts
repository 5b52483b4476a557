import { listMissingLooks } from './list-missing-looks.js';

describe('listMissingLooks', () => {
  it.each<[string, number[], number, number[]]>([
    ['nothing of no looks', [], 0, []],
    ['nothing where all are there', [1, 2, 3], 3, []],
    ['nothing where one has come since they were counted', [1, 2, 3], 2, []],
    ['the first one', [2, 3], 3, [1]],
    ['one in the middle', [1, 3], 3, [2]],
    ['the last ones', [1], 3, [2, 3]],
    ['all of them', [], 2, [1, 2]],
  ])('lists %s', (_, looks, count, missing) => {
    expect(listMissingLooks(looks, count)).toEqual(missing);
  });

  it('lists a thousand at most', () => {
    expect(listMissingLooks([], 1e9)).toHaveLength(1000);
  });
});
