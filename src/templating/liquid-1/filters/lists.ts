import { ExactNumber } from '../../../kernel/index.js';
import { isList } from '../../content/json-data.js';
import type { JsonData } from '../../content/json-data.js';
import type { Budget } from '../budget.js';
import {
  countCodePoints,
  equals,
  isTruthy,
  readProperty,
  measureSize,
  toDouble,
  toJson,
  toText,
} from '../values.js';
import { filter } from '../filter.js';
import type { Filter } from '../filter.js';
import { toNumber } from './numbers.js';
import { lowerCase, offsetOfChar } from './text.js';

/** A comparison sort compares each element about this often. */
const COMPARISONS_PER_ELEMENT = 16;
/** The cost of looking up a property, or a value in a set. */
const STEPS_PER_SEGMENT = 4;

/** Makes a filter on a list: null counts as an empty list, any other value as a list of itself. */
function onList(minArgs: number, maxArgs: number, change: ListChange): Filter {
  return filter(minArgs, maxArgs, (input, args, budget) => {
    const list = toList(input);
    budget.spend(list.length);
    return change(list, args, budget);
  });
}
type ListChange = (list: readonly JsonData[], args: readonly JsonData[], budget: Budget) => JsonData;

export const listFilters = {
  join: onList(0, 1, (list, [separator = ' '], budget) => {
    const between = toText(separator, budget);
    budget.spend(list.length);
    const texts = list.map((item) => toText(item, budget));
    // Pays for each text before the join, because a list may hold the same long text many times.
    for (const text of texts) budget.spendText(text.length + between.length);
    return texts.join(between);
  }),
  concat: onList(1, 1, (list, [other = null], budget) => {
    const more = toList(other);
    budget.spend(more.length);
    return [...list, ...more];
  }),
  compact: onList(0, 0, (list) => list.filter((item) => item !== null)),
  reverse: onList(0, 0, (list) => [...list].reverse()),
  uniq: onList(0, 0, (list, _args, budget) => uniq(list, budget)),
  sort: onList(0, 1, (list, [property], budget) => sort(list, property, budget, (value) => value)),
  sort_natural: onList(0, 1, (list, [property], budget) =>
    sort(list, property, budget, (value) => (typeof value === 'string' ? lowerCase(value, budget) : value)),
  ),
  map: onList(1, 1, (list, [property = null], budget) => {
    const path = toPropertyPath(property, budget);
    return list.map((item) => readPath(item, path, budget));
  }),
  where: onList(1, 2, (list, [property = null, expected], budget) => {
    const path = toPropertyPath(property, budget);
    return list.filter((item) => matches(item, path, expected, budget));
  }),
  reject: onList(1, 2, (list, [property = null, expected], budget) => {
    const path = toPropertyPath(property, budget);
    return list.filter((item) => !matches(item, path, expected, budget));
  }),
  sum: onList(0, 1, (list, [property], budget) => {
    const path = toKeyPath(property, budget);
    return list.reduce<number>((total, item) => total + toNumber(getKey(item, path, budget), budget), 0);
  }),
  first: filter(0, 0, (input) => (typeof input === 'string' ? firstChar(input) : (toList(input)[0] ?? null))),
  last: filter(0, 0, (input) =>
    typeof input === 'string' ? lastChar(input) : (toList(input).at(-1) ?? null),
  ),
  size: filter(0, 0, (input, _args, budget) => measureSize(input, budget)),
  slice: filter(1, 2, (input, [begin = 0, length = 1], budget) =>
    slice(input, Math.trunc(toNumber(begin, budget)), Math.trunc(toNumber(length, budget)), budget),
  ),
  /** The argument is the number of spaces to indent by, at most 10, as in JSON.stringify. */
  json: filter(0, 1, (input, [indent = 0], budget) => toJson(input, budget, toIndent(indent, budget))),
};

function toList(value: JsonData): readonly JsonData[] {
  if (value === null) return [];
  return isList(value) ? value : [value];
}

/** Returns the segments of a path such as `author.name`. */
function toPropertyPath(property: JsonData, budget: Budget): readonly string[] {
  const text = toText(property, budget);
  budget.spend(text.length);
  return text.split('.');
}

/** Returns the path of a filter's optional property; null when the template names none. */
function toKeyPath(property: JsonData | undefined, budget: Budget): readonly string[] | null {
  return property === undefined || property === null ? null : toPropertyPath(property, budget);
}

/** Reads a property by its path; null when there is none. */
function readPath(item: JsonData, path: readonly string[], budget: Budget): JsonData {
  budget.spend(STEPS_PER_SEGMENT * path.length);
  let value: JsonData | undefined = item;
  for (const segment of path) value = value === undefined ? value : readProperty(value, segment, budget);
  return value ?? null;
}

function getKey(item: JsonData, path: readonly string[] | null, budget: Budget): JsonData {
  return path === null ? item : readPath(item, path, budget);
}

function matches(
  item: JsonData,
  path: readonly string[],
  expected: JsonData | undefined,
  budget: Budget,
): boolean {
  const value = readPath(item, path, budget);
  return expected === undefined ? isTruthy(value) : equals(value, expected, budget);
}

/** V8 hashes longer texts by their length alone, so each is compared with all others of that length. */
const HASHED_CHARS = 16_000;

/** Keeps the first spelling of a number that has several. */
function uniq(list: readonly JsonData[], budget: Budget): JsonData[] {
  budget.spend(list.length * STEPS_PER_SEGMENT);
  const seen = new Set<unknown>();
  const seenDigits = new Set<string>();
  let longTexts = 0;
  return list.filter((item) => {
    if (typeof item === 'string') {
      if (item.length > HASHED_CHARS) longTexts += 1;
      budget.spendText(item.length * (item.length > HASHED_CHARS ? longTexts : 1));
    } else if (item instanceof ExactNumber) budget.spendChars(item.text.length);
    const isBeyondDoubles = item instanceof ExactNumber && !item.isDouble;
    const known: Set<unknown> = isBeyondDoubles ? seenDigits : seen;
    const key = isBeyondDoubles ? item.digits : toDouble(item);
    const isNew = !known.has(key);
    known.add(key);
    return isNew;
  });
}

function sort(
  list: readonly JsonData[],
  property: JsonData | undefined,
  budget: Budget,
  normalize: (value: JsonData) => JsonData,
): JsonData[] {
  budget.spend(list.length * COMPARISONS_PER_ELEMENT);
  const path = toKeyPath(property, budget);
  const keyed = list.map((item) => ({ item, key: toDouble(normalize(getKey(item, path, budget))) }));
  for (const { key } of keyed)
    if (typeof key === 'string') budget.spendText(key.length * COMPARISONS_PER_ELEMENT);
  return keyed.sort((left, right) => order(left.key, right.key)).map(({ item }) => item);
}

/** Orders numbers, then texts by code unit, booleans, structures (as they are) and null. The order is total, so that engines agree. */
function order(left: JsonData, right: JsonData): number {
  const byRank = rank(left) - rank(right);
  if (byRank !== 0) return byRank;
  if (left === null || right === null || typeof left === 'object' || typeof right === 'object') return 0;
  return left < right ? -1 : left > right ? 1 : 0;
}

function rank(value: JsonData): number {
  return value === null ? 4 : { number: 0, string: 1, boolean: 2, object: 3 }[typeof value as 'number'];
}

/** Slices a list by elements and a text by characters. A negative begin counts from the end. */
function slice(input: JsonData, begin: number, length: number, budget: Budget): JsonData {
  if (isList(input)) {
    budget.spend(input.length);
    return takeSlice(input, begin, length);
  }
  const text = toText(input, budget);
  budget.spendChars(2 * text.length);
  if (length < 0) return '';
  const from = begin < 0 ? countCodePoints(text) + begin : begin;
  if (from < 0) return '';
  const start = offsetOfChar(text, from);
  return text.slice(start, offsetOfChar(text, length, start));
}

function takeSlice<T>(items: readonly T[], begin: number, length: number): T[] {
  const from = begin < 0 ? items.length + begin : begin;
  return from < 0 || length < 0 ? [] : items.slice(from, from + length);
}

function firstChar(text: string): string {
  const [first = ''] = text;
  return first;
}

function lastChar(text: string): string {
  return Array.from(text.slice(-2)).at(-1) ?? '';
}

function toIndent(value: JsonData, budget: Budget): number {
  return Math.min(10, Math.max(0, Math.trunc(toNumber(value, budget))));
}
