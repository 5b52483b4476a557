import { createHash } from 'node:crypto';
import { parseJson } from '../../../kernel/index.js';
import { SchemaCache } from '../../../json-schema/index.js';
import type { VariablesCheck } from './read-items.js';

const schemas = new SchemaCache();

/** @returns null without a schema. */
export function toVariablesCheck(schemaJson: string | null): VariablesCheck | null {
  if (schemaJson === null) return null;
  const key = createHash('sha256').update(schemaJson).digest('base64');
  const compiled = schemas.get(key, parseJson(schemaJson));
  return (variables) => compiled.validate(variables);
}
