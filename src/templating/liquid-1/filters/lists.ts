import { ExactNumber } from '../../../kernel/index.js';
import { isList } from '../../json-data.js';
import type { JsonData } from '../../json-data.js';
import type { Budget } from '../budget.js';
import { equals, isTruthy, readProperty, sizeOf, toDouble, toJson, toText } from '../values.js';
import { filter } from './filter.js';
import type { Filter } from './filter.js';
import { toNumber } from './numbers.js';

/** A comparison sort compares each element about so often. */
const COMPARISONS_PER_ELEMENT = 16;

/** A filter on a list: null counts as an empty one, any other value as a list of itself. */
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
    const texts = list.map((item) => toText(item, budget));
    // Each by itself and before the join: a list may hold the same long text many times.
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
  uniq: onList(0, 0, (list, _args, budget) => uniqueOf(list, budget)),
  sort: onList(0, 1, (list, [property], budget) => sort(list, property, budget, (value) => value)),
  sort_natural: onList(0, 1, (list, [property], budget) =>
    sort(list, property, budget, (value) => (typeof value === 'string' ? value.toLowerCase() : value)),
  ),
  map: onList(1, 1, (list, [property = null], budget) =>
    list.map((item) => readPath(item, property, budget)),
  ),
  where: onList(1, 2, (list, [property = null, expected], budget) =>
    list.filter((item) => matches(item, property, expected, budget)),
  ),
  reject: onList(1, 2, (list, [property = null, expected], budget) =>
    list.filter((item) => !matches(item, property, expected, budget)),
  ),
  sum: onList(0, 1, (list, [property], budget) =>
    list.reduce<number>((total, item) => total + toNumber(keyOf(item, property, budget)), 0),
  ),
  first: filter(0, 0, (input) => (typeof input === 'string' ? firstChar(input) : (toList(input)[0] ?? null))),
  last: filter(0, 0, (input) =>
    typeof input === 'string' ? lastChar(input) : (toList(input).at(-1) ?? null),
  ),
  size: filter(0, 0, (input, _args, budget) => sizeOf(input, budget)),
  slice: filter(1, 2, (input, [begin = 0, length = 1], budget) =>
    slice(input, Math.trunc(toNumber(begin)), Math.trunc(toNumber(length)), budget),
  ),
  /** Indented by the number of spaces in the argument, at most 10, as JSON.stringify has it. */
  json: filter(0, 1, (input, [indent = 0], budget) => toJson(input, budget, indentOf(indent))),
};

/** A number that came in two spellings is there once, as it came first. */
function uniqueOf(list: readonly JsonData[], budget: Budget): readonly JsonData[] {
  const seen = new Set<unknown>();
  const seenDigits = new Set<string>();
  return list.filter((item) => {
    if (item instanceof ExactNumber) budget.spendText(item.text.length);
    const isBeyondDoubles = item instanceof ExactNumber && !item.isDouble;
    const known: Set<unknown> = isBeyondDoubles ? seenDigits : seen;
    const key = isBeyondDoubles ? item.digits : toDouble(item);
    const isNew = !known.has(key);
    known.add(key);
    return isNew;
  });
}

function toList(value: JsonData): readonly JsonData[] {
  if (value === null) return [];
  return isList(value) ? value : [value];
}

/** A property by its path, such as `author.name`; null when there is none. */
function readPath(item: JsonData, property: JsonData, budget: Budget): JsonData {
  const segments = toText(property, budget).split('.');
  budget.spend(segments.length);
  let value: JsonData | undefined = item;
  for (const segment of segments) value = value === undefined ? value : readProperty(value, segment, budget);
  return value ?? null;
}

function keyOf(item: JsonData, property: JsonData | undefined, budget: Budget): JsonData {
  return property === undefined || property === null ? item : readPath(item, property, budget);
}

function matches(
  item: JsonData,
  property: JsonData,
  expected: JsonData | undefined,
  budget: Budget,
): boolean {
  const value = readPath(item, property, budget);
  return expected === undefined ? isTruthy(value) : equals(value, expected, budget);
}

function sort(
  list: readonly JsonData[],
  property: JsonData | undefined,
  budget: Budget,
  normalize: (value: JsonData) => JsonData,
): JsonData[] {
  budget.spend(list.length * COMPARISONS_PER_ELEMENT);
  const keyed = list.map((item) => ({ item, key: toDouble(normalize(keyOf(item, property, budget))) }));
  for (const { key } of keyed)
    if (typeof key === 'string') budget.spendText(key.length * COMPARISONS_PER_ELEMENT);
  return keyed.sort((left, right) => order(left.key, right.key)).map(({ item }) => item);
}

/** Numbers, then texts by code unit, booleans, structures as they come, null: total, so that every engine agrees. */
function order(left: JsonData, right: JsonData): number {
  const byRank = rankOf(left) - rankOf(right);
  if (byRank !== 0) return byRank;
  if (left === null || right === null || typeof left === 'object' || typeof right === 'object') return 0;
  return left < right ? -1 : left > right ? 1 : 0;
}

function rankOf(value: JsonData): number {
  return value === null ? 4 : { number: 0, string: 1, boolean: 2, object: 3 }[typeof value as 'number'];
}

/** From the end for a negative begin; by characters for text. */
function slice(input: JsonData, begin: number, length: number, budget: Budget): JsonData {
  if (isList(input)) {
    budget.spend(input.length);
    return sliceOf(input, begin, length);
  }
  const text = toText(input, budget);
  budget.spend(text.length);
  return sliceOf(Array.from(text), begin, length).join('');
}

function sliceOf<T>(items: readonly T[], begin: number, length: number): T[] {
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

function indentOf(value: JsonData): number {
  return Math.min(10, Math.max(0, Math.trunc(toNumber(value))));
}
