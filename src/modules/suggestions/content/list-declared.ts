import type { JsonSchema } from '../../../templating/index.js';

/** Names of the members that a schema of variables has; null for one that does not name them all, such as one with `$ref`. */
export function listDeclared(schema: JsonSchema): readonly string[] | null {
  const { properties } = schema;
  const isPlain = !OTHERWISE.some((keyword) => Object.hasOwn(schema, keyword));
  if (!isPlain || typeof properties !== 'object' || properties === null) return null;
  return Object.keys(properties);
}

/** Keywords by which a schema may name further members. */
const OTHERWISE = [
  '$ref',
  '$dynamicRef',
  'allOf',
  'anyOf',
  'oneOf',
  'if',
  'patternProperties',
  'dependentSchemas',
];
