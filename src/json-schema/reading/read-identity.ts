import type { SchemaNode } from '../schema-node.js';
import type { SchemaPart } from './schema-part.js';

const DIALECT = 'https://json-schema.org/draft/2020-12/schema';
const ANCHOR = /^[A-Za-z_][-A-Za-z0-9._]*$/;

/** Keywords that would be silently ignored although the author meant something by them. */
const REFUSED: ReadonlyMap<string, string> = new Map([
  ['$data', 'is not supported'],
  ['$recursiveAnchor', 'is not of draft 2020-12: use $dynamicAnchor'],
  ['$recursiveRef', 'is not of draft 2020-12: use $dynamicRef'],
  ['additionalItems', 'is not of draft 2020-12: use prefixItems and items'],
  ['dependencies', 'is not of draft 2020-12: use dependentRequired or dependentSchemas'],
]);

/** Reads `$schema`, `$id`, anchors and references, and refuses keywords that older drafts spelt differently. */
export function readIdentity(part: SchemaPart): void {
  for (const [keyword, message] of REFUSED) if (part.has(keyword)) part.report(message, keyword);
  const dialect = part.string('$schema');
  if (dialect !== undefined && dialect.replace(/#$/, '') !== DIALECT) {
    part.report(`must be "${DIALECT}"`, '$schema');
  }
  if (part.string('$id') !== undefined && part.node.pointer !== '') {
    part.report('is only allowed at the root of the schema', '$id');
  }
  for (const keyword of ['$anchor', '$dynamicAnchor']) {
    const name = part.string(keyword);
    if (name === undefined) continue;
    if (ANCHOR.test(name)) part.addAnchor(name, keyword);
    else part.report('must begin with a letter or "_", and hold letters, digits and "-._"', keyword);
  }
  // Within one schema a dynamic reference has only one possible anchor, so it is an ordinary reference.
  for (const keyword of ['$ref', '$dynamicRef']) readReference(part, keyword);
}

function readReference(part: SchemaPart, keyword: string): void {
  const target = part.string(keyword);
  if (target === undefined) return;
  let followed: SchemaNode | null = null;
  part.addReference(keyword, target, (node) => {
    followed = node;
  });
  part.assert(null, (value, evaluation, seen) => {
    return followed === null || evaluation.apply(followed, value, seen);
  });
}
