import fc from 'fast-check';
import { contains, findAll } from './search.js';

const FREE = { spend: () => undefined, spendText: () => undefined, spendChars: () => undefined };

describe('findAll', () => {
  it('finds what indexOf finds, with short and long patterns', () => {
    const few = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 300 });
    const repeated = fc.tuple(few, fc.nat(3)).map(([text, times]) => text.repeat(times));
    fc.assert(
      fc.property(
        fc.oneof(few, repeated),
        fc.oneof(few, fc.constantFrom('ab'.repeat(20), 'a'.repeat(33))),
        (text, pattern) => {
          const expected: number[] = [];
          for (
            let at = text.indexOf(pattern);
            pattern !== '' && at !== -1;
            at = text.indexOf(pattern, at + pattern.length)
          ) {
            expected.push(at);
          }
          expect(findAll(text, pattern, FREE)).toEqual(expected);
          expect(findAll(text, pattern, FREE, 1)).toEqual(expected.slice(0, 1));
          expect(contains(text, pattern, FREE)).toBe(text.includes(pattern));
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
