import { extendSpan } from './extend-span';

describe('the rows that are rendered in full', () => {
  it('are all of a range after a few steps, from the middle on', () => {
    const range = { first: 100, end: 160 };
    const steps = [{ first: 0, end: 40 }];
    while (steps.length < 10) steps.push(extendSpan(steps.at(-1)!, range));
    expect(steps.slice(1, 5)).toEqual([
      { first: 121, end: 139 },
      { first: 121, end: 157 },
      { first: 106, end: 160 },
      { first: 100, end: 160 },
    ]);
    expect(steps.at(-1)).toEqual(range);
  });

  it.each([
    ['down', { first: 3, end: 63 }],
    ['up', { first: 0, end: 57 }],
    ['a short list', { first: 0, end: 5 }],
    ['nothing', { first: 0, end: 0 }],
  ])('are all rows at once when the range moves a little: %s', (_, range) => {
    expect(extendSpan({ first: 0, end: 60 }, range)).toEqual(range);
  });

  it('never leave the range', () => {
    for (let first = 0; first < 90; first += 7) {
      for (let ready = 0; ready < 90; ready += 5) {
        const range = { first, end: first + 30 };
        const next = extendSpan({ first: ready, end: ready + 30 }, range);
        expect(next.first).toBeGreaterThanOrEqual(range.first);
        expect(next.end).toBeLessThanOrEqual(range.end);
        expect(next.first).toBeLessThan(next.end);
      }
    }
  });
});
