import type { SchemaPart } from '../reading/schema-part.js';
import { compareNumbers, isMultipleOf } from '../values/decimals.js';
import type { JsonNumber } from '../values/json-values.js';
import type { Purse } from '../values/to-exact.js';
import { writeExact } from '../values/write-exact.js';

const BOUNDS = [
  { keyword: 'minimum', words: 'at least', holds: (order: number) => order >= 0 },
  { keyword: 'exclusiveMinimum', words: 'more than', holds: (order: number) => order > 0 },
  { keyword: 'maximum', words: 'at most', holds: (order: number) => order <= 0 },
  { keyword: 'exclusiveMaximum', words: 'less than', holds: (order: number) => order < 0 },
];

/** Reads the constraints on numbers. Numbers are compared exactly, even beyond 2^53. */
export function readNumbers(part: SchemaPart): void {
  for (const { keyword, words, holds } of BOUNDS) {
    const bound = part.number(keyword);
    if (bound === undefined) continue;
    const message = `must be ${words} ${writeExact(bound)}`;
    part.assert('number', (value, evaluation) => {
      payFor(value as JsonNumber, evaluation);
      return holds(compareNumbers(value as JsonNumber, bound)) || evaluation.fail(message);
    });
  }
  const divisor = part.number('multipleOf');
  if (divisor !== undefined) readDivisor(part, divisor);
}

function readDivisor(part: SchemaPart, divisor: JsonNumber): void {
  if (compareNumbers(divisor, 0) <= 0 || isMultipleOf(divisor, divisor) === null) {
    part.report('must be a number above 0 that can be computed with', 'multipleOf');
    return;
  }
  const message = `must be a multiple of ${writeExact(divisor)}`;
  part.assert('number', (value, evaluation) => {
    payFor(value as JsonNumber, evaluation);
    const isMultiple = isMultipleOf(value as JsonNumber, divisor);
    if (isMultiple === null) return evaluation.fail('has too many digits to be divided');
    return isMultiple || evaluation.fail(message);
  });
}

function payFor(number: JsonNumber, purse: Purse): void {
  if (typeof number !== 'number') purse.spend(10 + Math.ceil(number.text.length / 4));
}
