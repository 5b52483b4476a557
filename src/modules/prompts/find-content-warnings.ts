import { findSchemaWarnings, type SchemaWarning } from '../../json-schema/index.js';
import type { ContentExtras } from '../../templating/index.js';

const SCHEMA_POINTER = '/response_format/json_schema/schema';

/** Finds parts of a valid content that vendors will refuse. */
export function findContentWarnings(extras: ContentExtras | null | undefined): readonly SchemaWarning[] {
  const format = extras?.responseFormat;
  if (format?.type !== 'json_schema') return [];
  const { schema, strict } = format.json_schema;
  return findSchemaWarnings(schema, SCHEMA_POINTER, strict);
}
