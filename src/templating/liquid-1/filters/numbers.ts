import { ExactNumber } from '../../../kernel/index.js';
import type { JsonData } from '../../content/json-data.js';
import type { Budget } from '../budget.js';
import { filter } from '../filter.js';
import type { Filter } from '../filter.js';

/** Rounding works on the decimal digits. */
const STEPS_PER_ROUND = 20;

/** Anything that is not a number counts as 0. */
export function toNumber(value: JsonData | undefined, budget: Budget): number {
  if (typeof value === 'number') return value;
  if (value instanceof ExactNumber) return value.value;
  if (typeof value === 'boolean') return Number(value);
  if (typeof value !== 'string') return 0;
  budget.spendChars(value.length);
  return Number(value) || 0;
}

const unary = (compute: (value: number) => number): Filter =>
  filter(0, 0, (input, _args, budget) => compute(toNumber(input, budget)));
const binary = (compute: (value: number, other: number) => number): Filter =>
  filter(1, 1, (input, [other], budget) => compute(toNumber(input, budget), toNumber(other, budget)));

export const numberFilters = {
  abs: unary(Math.abs),
  ceil: unary(Math.ceil),
  floor: unary(Math.floor),
  at_least: binary(Math.max),
  at_most: binary(Math.min),
  plus: binary((value, other) => value + other),
  minus: binary((value, other) => value - other),
  times: binary((value, other) => value * other),
  divided_by: binary((value, other) => value / other),
  /** Takes the sign of the divisor, as in Liquid and unlike JavaScript. */
  modulo: binary((value, other) => ((value % other) + other) % other),
  round: filter(0, 1, (input, [digits], budget) => {
    budget.spend(STEPS_PER_ROUND);
    return round(toNumber(input, budget), Math.trunc(toNumber(digits, budget)));
  }),
};

/** Rounds half away from zero on the decimal digits: 1.005 to two digits is 1.01, though its double is slightly smaller. */
function round(value: number, digits: number): number {
  const scaled = shiftDecimal(Math.abs(value), digits);
  if (!(scaled <= Number.MAX_SAFE_INTEGER)) return value;
  const rounded = shiftDecimal(Math.round(scaled), -digits);
  return value < 0 ? -rounded : rounded;
}

function shiftDecimal(value: number, digits: number): number {
  const [mantissa, exponent = '0'] = String(value).split('e');
  return Number(`${mantissa}e${Number(exponent) + digits}`);
}
