import type { JsonSchema } from '../../../templating/index.js';

/** Returns the member names of a schema of variables; null if it may allow others, for example by `$ref`. */
export function listDeclared(schema: JsonSchema): readonly string[] | null {
  const { properties } = schema;
  const isPlain = !OTHERWISE.some((keyword) => Object.hasOwn(schema, keyword));
  if (!isPlain || typeof properties !== 'object' || properties === null) return null;
  return Object.keys(properties);
}

/** Keywords by which a schema may add members. */
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
