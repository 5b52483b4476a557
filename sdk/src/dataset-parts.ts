import { toJsonText } from './core/index.js';
import type { NewDatasetItem } from './wire/index.js';

/** Well below the service's limits of 16 MiB and 250,000 values and keys. */
const MAX_CHARS = 4 * 1024 * 1024;
const MAX_VALUES = 100_000;
const MAX_ITEMS = 5_000;

/** Splits items into parts that fit into a request. An item that is too large gets a part of its own. */
export async function* splitParts(
  items: Iterable<NewDatasetItem> | AsyncIterable<NewDatasetItem>,
): AsyncGenerator<readonly NewDatasetItem[], void, undefined> {
  let part: NewDatasetItem[] = [];
  let chars = 0;
  let values = 0;
  for await (const item of items) {
    const itemChars = (toJsonText(item) ?? '').length;
    const itemValues = countValues(item);
    const isFull =
      part.length >= MAX_ITEMS || chars + itemChars > MAX_CHARS || values + itemValues > MAX_VALUES;
    if (isFull && part.length > 0) {
      yield part;
      part = [];
      chars = 0;
      values = 0;
    }
    part.push(item);
    chars += itemChars;
    values += itemValues;
  }
  if (part.length > 0) yield part;
}

/** Counts values and keys like the service does. */
function countValues(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1;
  const members = Object.values(value);
  const keys = Array.isArray(value) ? 0 : members.length;
  return members.reduce<number>((count, member) => count + countValues(member), 1 + keys);
}
