import type { ErrorEntry } from '../../kernel/index.js';
import type { SchemaPart } from '../reading/schema-part.js';
import type { Evaluation, SchemaNode } from '../schema-node.js';
import type { Seen } from '../seen.js';

/** Reads `allOf`, `anyOf`, `oneOf` and `not`. */
export function readCombinations(part: SchemaPart): void {
  const all = part.subschemas('allOf') ?? [];
  part.applyInPlace(...all);
  for (const node of all) part.assert(null, (value, it, seen) => it.apply(node, value, seen));
  const any = part.subschemas('anyOf');
  if (any !== undefined) {
    part.applyInPlace(...any);
    part.assert(null, (value, evaluation, seen) => fitsAny(any, value, evaluation, seen));
  }
  const one = part.subschemas('oneOf');
  if (one !== undefined) {
    part.applyInPlace(...one);
    part.assert(null, (value, evaluation, seen) => fitsOne(one, value, evaluation, seen));
  }
  const not = part.subschema('not');
  if (not !== undefined) {
    part.applyInPlace(not);
    part.assert(null, (value, it) => !it.fits(not, value) || it.fail('must not fit the schema in "not"'));
  }
}

function fitsAny(
  nodes: readonly SchemaNode[],
  value: unknown,
  evaluation: Evaluation,
  seen: Seen | null,
): boolean {
  const faults: (readonly ErrorEntry[])[] = [];
  let fits = false;
  for (const node of nodes) {
    const found = evaluation.findFaults(node, value, seen);
    if (found !== null) faults.push(found);
    else {
      fits = true;
      // With `seen`, the other schemas must run too, because they may look at further parts.
      if (seen === null) return true;
    }
  }
  return fits || explain(faults, 'anyOf', evaluation);
}

function fitsOne(
  nodes: readonly SchemaNode[],
  value: unknown,
  evaluation: Evaluation,
  seen: Seen | null,
): boolean {
  const faults: (readonly ErrorEntry[])[] = [];
  for (const node of nodes) {
    const found = evaluation.findFaults(node, value, seen);
    if (found !== null) faults.push(found);
  }
  const fitting = nodes.length - faults.length;
  if (fitting === 1) return true;
  if (fitting === 0) return explain(faults, 'oneOf', evaluation);
  return evaluation.fail(`must fit one schema of "oneOf" and fits ${fitting}`);
}

/**
 * Explains why a value fits none of several schemas. Ignores schemas of another type. If one remains, its faults are reported, because they
 * say more than that nothing fits.
 */
function explain(
  faults: readonly (readonly ErrorEntry[])[],
  keyword: string,
  evaluation: Evaluation,
): boolean {
  const nothing = `must fit ${keyword === 'anyOf' ? 'a' : 'one'} schema of "${keyword}" and fits none`;
  if (faults.every((found) => found.length === 0)) return evaluation.fail(nothing);
  const here = evaluation.here();
  const meant = faults.filter((found) => found.length > 1 || found[0]?.pointer !== here);
  const [only] = meant;
  if (only !== undefined && meant.length === 1) return evaluation.failAll(only);
  const messages = new Set(faults.flatMap((found) => found.map(({ message }) => message)));
  const isPlain = meant.length === 0 && [...messages].every((message) => message.startsWith('must be '));
  if (isPlain && messages.size > 0 && messages.size <= 5) {
    const [first = '', ...others] = messages;
    const rest = others.map((message) => message.slice('must be '.length));
    return evaluation.fail([first, ...rest].join(' or '));
  }
  return evaluation.fail(nothing);
}
