import { compileSchema } from '../../../json-schema/index.js';
import { type ExactJson, parseJson, ValidationError } from '../../../kernel/index.js';

/**
 * @param schemaJson the JSON text of a schema that was accepted.
 * @returns what is wrong with the value first; null when it fits.
 */
export function matchesSchema(schemaJson: string, value: ExactJson): string | null {
  const [first] = compileSchema(parseJson(schemaJson)).validate(value);
  if (first === undefined) return null;
  return `${first.pointer === '' ? 'The answer' : first.pointer} ${first.message}.`;
}

/** @returns what is wrong with a schema, and where in the definition; null for one that can be used. */
export function findSchemaProblem(schemaJson: string): { pointer: string; message: string } | null {
  try {
    compileSchema(parseJson(schemaJson), '/value');
    return null;
  } catch (error) {
    if (!(error instanceof ValidationError)) throw error;
    return error.errors?.[0] ?? { pointer: '/value', message: error.message };
  }
}
