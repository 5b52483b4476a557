import { createUnitValues } from './unit-values.js';

describe('the first numbers of units', () => {
  it('are in order at each look, whatever came before it', () => {
    const values = createUnitValues('quantile');
    const expected: number[] = [];
    let seed = 7;
    for (const count of [0, 1, 5, 0, 200, 3, 1]) {
      for (let each = 0; each < count; each += 1) {
        seed = (seed * 48_271) % 2_147_483_647;
        const value = (seed % 50) - 10;
        values.add(`u${expected.length}`, value);
        expected.push(value);
        values.add('u0', 1_000_000);
      }
      const sorted = [...expected].sort((a, b) => a - b);
      expect(values.toValues()).toEqual({
        kind: 'quantile',
        values: sorted.length,
        sorted: Float64Array.from(sorted),
      });
    }
  });

  it('of an earlier look stay as they were', () => {
    const values = createUnitValues('quantile');
    values.add('a', 2);
    const before = values.toValues();
    values.add('b', 1);
    values.toValues();
    expect(before).toEqual({ kind: 'quantile', values: 1, sorted: Float64Array.of(2) });
  });
});

describe('the means of units', () => {
  it('count each unit once, with the mean of its executions', () => {
    const values = createUnitValues('number');
    expect(values.toValues()).toEqual({ kind: 'number', values: 0, sample: { n: 0, mean: 0, squares: 0 } });
    values.add('a', 1);
    values.add('b', 6);
    values.add('a', 3);
    expect(values.toValues()).toEqual({ kind: 'number', values: 2, sample: { n: 2, mean: 4, squares: 8 } });
    values.add('a', 14);
    expect(values.toValues()).toEqual({ kind: 'number', values: 2, sample: { n: 2, mean: 6, squares: 0 } });
  });
});
