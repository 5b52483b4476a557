import { ExactNumber, layOutJson } from '../../kernel/index.js';
import { hasKeyOrder, isList, listKeys } from '../content/json-data.js';
import type { JsonData } from '../content/json-data.js';
import { BLANK, EMPTY } from './nodes.js';
import type { BinaryOperator, Operand } from './nodes.js';
import type { Budget } from './budget.js';
import { contains } from './search.js';

/** Listing the keys of an object takes some 200 ns per key, four times as long as a step. */
const STEPS_PER_KEY = 4;

/** The shortest decimal of a fractional double takes a while to find. */
const STEPS_PER_DECIMAL = 6;
/** The cost of visiting and writing a value. */
const STEPS_PER_JSON_VALUE = 4;

/** Formats a value for output: null as nothing, objects and arrays as compact JSON, numbers as sent or as JavaScript writes them. */
export function toText(value: JsonData, budget: Budget): string {
  if (typeof value === 'string') return value;
  if (value === null) return '';
  if (value instanceof ExactNumber) return value.text;
  if (typeof value === 'number' && !Number.isInteger(value)) budget.spend(STEPS_PER_DECIMAL);
  return typeof value === 'object' ? toJson(value, budget) : String(value);
}

/** @param indent spaces for each level; 0 for compact. */
export function toJson(value: JsonData, budget: Budget, indent = 0): string {
  const isPlain = spendOnJson(value, budget, indent, 1);
  if (isPlain) return JSON.stringify(value, null, indent);
  const text = writeExact(value);
  return indent === 0 ? text : layOutJson(text, indent);
}

/** Writes a value as JSON where `JSON.stringify` would change its numbers or the order of its keys. */
function writeExact(value: JsonData): string {
  if (value instanceof ExactNumber) return value.text;
  if (isList(value)) return `[${value.map(writeExact).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = listKeys(value).map((key) => `${JSON.stringify(key)}:${writeExact(value[key] ?? null)}`);
  return `{${members.join(',')}}`;
}

/**
 * Pays before the text is made, because a list that holds the same long text a thousand times is small until then.
 * @returns whether `JSON.stringify` writes the value as it was sent.
 */
function spendOnJson(value: JsonData, budget: Budget, indent: number, depth: number): boolean {
  if (typeof value === 'string') {
    budget.spendChars(value.length);
    return true;
  }
  budget.spend(STEPS_PER_JSON_VALUE);
  if (typeof value !== 'object' || value === null) return true;
  if (value instanceof ExactNumber) {
    budget.spendChars(value.text.length);
    return false;
  }
  if (isList(value)) return spendOnList(value, budget, indent, depth);
  let isPlain = !hasKeyOrder(value);
  for (const [key, member] of Object.entries(value)) {
    budget.spendChars(key.length + indent * depth);
    if (!spendOnJson(member, budget, indent, depth + 1)) isPlain = false;
  }
  return isPlain;
}

/** Pays for an item like a member whose key is its index, without building the texts of a million indexes. */
function spendOnList(list: readonly JsonData[], budget: Budget, indent: number, depth: number): boolean {
  let isPlain = true;
  let digits = 1;
  let nextLength = 10;
  for (let index = 0; index < list.length; index += 1) {
    if (index === nextLength) {
      digits += 1;
      nextLength *= 10;
    }
    budget.spendChars(digits + indent * depth);
    if (!spendOnJson(list[index] as JsonData, budget, indent, depth + 1)) isPlain = false;
  }
  return isPlain;
}

/** Converts `empty` and `blank` to an empty text, as outside a comparison. */
export function toData(value: Operand): JsonData {
  return value === EMPTY || value === BLANK ? '' : value;
}

/** Returns the items of a `for`: those of a list, the `[key, value]` pairs of an object, or a text as the only item. */
export function toItems(value: JsonData, budget: Budget): readonly JsonData[] {
  if (isList(value)) {
    budget.spend(value.length);
    return value;
  }
  if (typeof value === 'string') return value === '' ? [] : [value];
  if (typeof value !== 'object' || value === null || value instanceof ExactNumber) return [];
  const keys = listKeys(value);
  budget.spend(keys.length * STEPS_PER_KEY);
  return keys.map((key) => [key, value[key] ?? null]);
}

/** Reads a property as Liquid defines it, own properties only; `undefined` when there is none. */
export function readProperty(value: JsonData, key: JsonData, budget: Budget): JsonData | undefined {
  if (key instanceof ExactNumber) return readProperty(value, key.value, budget);
  if (typeof key !== 'string' && typeof key !== 'number') return undefined;
  if (typeof value === 'string') return key === 'size' ? measureSize(value, budget) : undefined;
  if (typeof value !== 'object' || value === null || value instanceof ExactNumber) return undefined;
  if (isList(value)) return readElement(value, key);
  if (Object.hasOwn(value, key)) return value[key];
  return key === 'size' ? measureSize(value, budget) : undefined;
}

function readElement(list: readonly JsonData[], key: string | number): JsonData | undefined {
  if (key === 'size') return list.length;
  if (key === 'first') return list[0];
  if (key === 'last') return list.at(-1);
  const index = typeof key === 'number' ? key : /^(?:0|[1-9]\d*)$/.test(key) ? Number(key) : NaN;
  return Number.isInteger(index) ? list.at(index) : undefined;
}

/** Counts characters (code points, as everywhere here), elements or keys; 0 for a value without a size. */
export function measureSize(value: JsonData, budget: Budget): number {
  if (typeof value === 'string') {
    budget.spendChars(value.length);
    return countCodePoints(value);
  }
  if (isList(value)) return value.length;
  const hasKeys = typeof value === 'object' && value !== null && !(value instanceof ExactNumber);
  const size = hasKeys ? Object.keys(value).length : 0;
  budget.spend(size * STEPS_PER_KEY);
  return size;
}

export function countCodePoints(text: string): number {
  let count = 0;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit < 0xdc00 || unit > 0xdfff) count += 1;
  }
  return count;
}

export function isTruthy(value: JsonData): boolean {
  return value !== false && value !== null;
}

export function applyOperator(
  operator: BinaryOperator,
  left: Operand,
  right: Operand,
  budget: Budget,
): boolean {
  switch (operator) {
    case '==':
      return equals(left, right, budget);
    case '!=':
      return !equals(left, right, budget);
    case 'and':
      return isTruthy(toData(left)) && isTruthy(toData(right));
    case 'or':
      return isTruthy(toData(left)) || isTruthy(toData(right));
    case 'contains':
      return includes(toData(left), right, budget);
    default:
      return compare(operator, left, right, budget);
  }
}

export function equals(left: Operand, right: Operand, budget: Budget): boolean {
  if (left === EMPTY || left === BLANK) return matchesSpecial(right, left, budget);
  if (right === EMPTY || right === BLANK) return matchesSpecial(left, right, budget);
  if (isList(left) && isList(right)) {
    budget.spend(Math.min(left.length, right.length));
    return (
      left.length === right.length && left.every((item, index) => equals(item, right[index] ?? null, budget))
    );
  }
  if (typeof left === 'string' && typeof right === 'string')
    budget.spendText(Math.min(left.length, right.length));
  if (left instanceof ExactNumber || right instanceof ExactNumber) return equalNumbers(left, right, budget);
  return left === right;
}

/** Compares all digits, so that ids beyond 2^53 differ and 1.0 equals 1. */
function equalNumbers(left: Operand, right: Operand, budget: Budget): boolean {
  const [one, other] = [toExact(left), toExact(right)];
  if (one === null || other === null) return false;
  budget.spendText(one.text.length + other.text.length);
  return one.digits === other.digits;
}

function toExact(value: Operand): ExactNumber | null {
  if (value instanceof ExactNumber) return value;
  return typeof value === 'number' && Number.isFinite(value) ? new ExactNumber(String(value)) : null;
}

/** Converts a number that keeps its text to the nearest double; returns anything else unchanged. */
export function toDouble<Value>(value: Value): Exclude<Value, ExactNumber> | number {
  return value instanceof ExactNumber ? value.value : (value as Exclude<Value, ExactNumber>);
}

function matchesSpecial(value: Operand, special: typeof EMPTY | typeof BLANK, budget: Budget): boolean {
  if (value === EMPTY || value === BLANK) return value === special;
  if (typeof value === 'string') {
    budget.spendText(value.length);
    return (special === BLANK ? value.trim() : value) === '';
  }
  if (value === null || value === false) return special === BLANK;
  return typeof value === 'object' && !(value instanceof ExactNumber) && measureSize(value, budget) === 0;
}

function includes(container: JsonData, item: Operand, budget: Budget): boolean {
  if (isList(container)) {
    budget.spend(container.length);
    return container.some((element) => equals(element, item, budget));
  }
  const part = toData(item);
  if (typeof container !== 'string' || part === null) return false;
  if (typeof part === 'object' && !(part instanceof ExactNumber)) return false;
  const text = part instanceof ExactNumber ? part.text : String(part);
  budget.spendText(container.length + text.length);
  return contains(container, text, budget);
}

/** Compares texts by code unit, never by locale, and numbers and numeric texts as numbers. Always false for null and structures. */
function compare(
  operator: '<' | '<=' | '>' | '>=',
  leftOperand: Operand,
  rightOperand: Operand,
  budget: Budget,
): boolean {
  const left: Operand = toDouble(leftOperand);
  const right: Operand = toDouble(rightOperand);
  if (!isComparable(left) || !isComparable(right)) return false;
  if (typeof left === 'string' && typeof right === 'string')
    budget.spendText(Math.min(left.length, right.length));
  // A text compared with a number is read as a number.
  else if (typeof left === 'string') budget.spendChars(left.length);
  else if (typeof right === 'string') budget.spendChars(right.length);
  switch (operator) {
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    case '>=':
      return left >= right;
  }
}

function isComparable(value: Operand): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}
