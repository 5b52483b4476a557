import { compileSchema } from '../../../json-schema/index.js';
import { type ExactJson, parseJson, ValidationError } from '../../../kernel/index.js';

/**
 * @param schemaJson the JSON text of an accepted schema.
 * @returns the first problem of the value; null when it matches.
 */
export function matchesSchema(schemaJson: string, value: ExactJson): string | null {
  const [first] = compileSchema(parseJson(schemaJson)).validate(value);
  if (first === undefined) return null;
  return `${first.pointer === '' ? 'The answer' : first.pointer} ${first.message}.`;
}

/** @returns the problem of a schema, and its place in the definition; null for a usable one. */
export function findSchemaProblem(schemaJson: string): { pointer: string; message: string } | null {
  try {
    compileSchema(parseJson(schemaJson), '/value');
    return null;
  } catch (error) {
    if (!(error instanceof ValidationError)) throw error;
    return error.errors?.[0] ?? { pointer: '/value', message: error.message };
  }
}
