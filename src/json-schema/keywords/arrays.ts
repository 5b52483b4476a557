import type { SchemaPart } from '../reading/schema-part.js';
import { valueKey } from '../values/value-key.js';
import { formatCount } from './strings.js';

type Items = readonly unknown[];

/** Reads the constraints on arrays. */
export function readArrays(part: SchemaPart): void {
  const least = part.count('minItems');
  if (least !== undefined) {
    const message = `must have at least ${formatCount(least, 'item')}`;
    part.assert('array', (value, it) => (value as Items).length >= least || it.fail(message));
  }
  const most = part.count('maxItems');
  if (most !== undefined) {
    const message = `must have at most ${formatCount(most, 'item')}`;
    part.assert('array', (value, it) => (value as Items).length <= most || it.fail(message));
  }
  if (part.boolean('uniqueItems') === true) readUnique(part);
  readItems(part);
  readContains(part);
}

function readUnique(part: SchemaPart): void {
  part.assert('array', (value, evaluation) => {
    const places = new Map<string, number>();
    for (const [index, item] of (value as Items).entries()) {
      const key = valueKey(item, evaluation);
      const before = places.get(key);
      if (before !== undefined) return evaluation.fail(`must not be the same as item ${before}`, index);
      places.set(key, index);
    }
    return true;
  });
}

function readItems(part: SchemaPart): void {
  if (Array.isArray(part.value('items'))) {
    part.report('must be one schema: a list of them is prefixItems', 'items');
    return;
  }
  const prefix = part.subschemas('prefixItems') ?? [];
  const rest = part.subschema('items');
  if (prefix.length === 0 && rest === undefined) return;
  part.assert('array', (value, evaluation, seen) => {
    let fits = true;
    for (const [index, item] of (value as Items).entries()) {
      const node = prefix[index] ?? rest;
      if (node === undefined) break;
      if (!evaluation.applyAt(node, index, item)) fits = false;
    }
    if (seen !== null) seen.items = Math.max(seen.items, rest === undefined ? prefix.length : Infinity);
    return fits;
  });
}

function readContains(part: SchemaPart): void {
  const node = part.subschema('contains');
  const [least, most] = [part.count('minContains') ?? 1, part.count('maxContains') ?? Infinity];
  if (node === undefined) return;
  part.assert('array', (value, evaluation, seen) => {
    let found = 0;
    for (const [index, item] of (value as Items).entries()) {
      if (!evaluation.fits(node, item)) continue;
      found += 1;
      seen?.indexes.add(index);
    }
    if (found < least) return evaluation.fail(`must contain at least ${formatCount(least, 'item')} that fit`);
    if (found > most) return evaluation.fail(`must contain at most ${formatCount(most, 'item')} that fit`);
    return true;
  });
}
