import type { SchemaPart } from '../reading/schema-part.js';

/** Reads `if` with `then` and `else`, which have no meaning without it. */
export function readConditions(part: SchemaPart): void {
  const [condition, then, otherwise] = [part.subschema('if'), part.subschema('then'), part.subschema('else')];
  if (condition === undefined) return;
  part.applyInPlace(...[condition, then, otherwise].filter((node) => node !== undefined));
  part.assert(null, (value, evaluation, seen) => {
    const node = evaluation.fits(condition, value, seen) ? then : otherwise;
    return node === undefined || evaluation.apply(node, value, seen);
  });
}
