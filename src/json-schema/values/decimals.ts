import { ExactNumber } from '../../kernel/index.js';
import { LIMITS } from '../limits.js';
import type { JsonNumber } from './json-values.js';

/** A number as ± digits × 10^power. The digits are whole and neither begin nor end with a zero; zero has none. */
interface Decimal {
  readonly isNegative: boolean;
  readonly digits: string;
  readonly power: number;
}

const DECIMAL = /^(-?)([1-9]\d*)e(-?\d+)$/;
const ZERO: Decimal = { isNegative: false, digits: '', power: 0 };

function toDecimal(number: JsonNumber): Decimal {
  const text = decimalKey(number);
  if (text === '0') return ZERO;
  const [, sign = '', digits = '', power = ''] = DECIMAL.exec(text) ?? [];
  if (digits !== '') return { isNegative: sign === '-', digits, power: Number(power) };
  // The power is too large to compute with, as in 1e99999999999999999999, so the number counts as infinitely large or small.
  return {
    isNegative: text.startsWith('-'),
    digits: '1',
    power: /e-/i.test(text) ? -Infinity : Infinity,
  };
}

/** Returns the same text for equal numbers however they are written: 1, `1.0` and `10e-1` are equal. */
export function decimalKey(number: JsonNumber): string {
  return (number instanceof ExactNumber ? number : new ExactNumber(String(number))).digits;
}

/** Returns a negative number, zero or a positive number, as for sorting. Exact. */
export function compareNumbers(left: JsonNumber, right: JsonNumber): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  const [one, other] = [toDecimal(left), toDecimal(right)];
  if (getSign(one) !== getSign(other)) return getSign(one) - getSign(other);
  const size = compareSizes(one, other);
  return one.isNegative ? -size : size;
}

function getSign({ digits, isNegative }: Decimal): number {
  if (digits === '') return 0;
  return isNegative ? -1 : 1;
}

function compareSizes(one: Decimal, other: Decimal): number {
  const [places, otherPlaces] = [one.digits.length + one.power, other.digits.length + other.power];
  // Not the difference, because two infinite powers are equal.
  if (places !== otherPlaces) return places < otherPlaces ? -1 : 1;
  if (one.digits === other.digits) return 0;
  return one.digits < other.digits ? -1 : 1;
}

/** Whether a number has no fraction, as `1.0` and `1e400`. */
export function isInteger(number: JsonNumber): boolean {
  if (typeof number === 'number') return Number.isInteger(number);
  return toDecimal(number).power >= 0;
}

/** Computes with decimals, so that 19.99 is a multiple of 0.01. @returns null for numbers with too many digits. */
export function isMultipleOf(number: JsonNumber, divisor: JsonNumber): boolean | null {
  if (typeof number === 'number' && typeof divisor === 'number') {
    if (Number.isSafeInteger(number) && Number.isSafeInteger(divisor)) return number % divisor === 0;
  }
  const [one, other] = [toDecimal(number), toDecimal(divisor)];
  if (one.digits === '') return true;
  const least = Math.min(one.power, other.power);
  const length = Math.max(one.digits.length + one.power, other.digits.length + other.power) - least;
  // Also true for NaN, which an infinite power gives.
  if (!(length <= LIMITS.digits)) return null;
  return scaled(one.digits, one.power - least) % scaled(other.digits, other.power - least) === 0n;
}

function scaled(digits: string, power: number): bigint {
  return BigInt(digits) * 10n ** BigInt(power);
}
