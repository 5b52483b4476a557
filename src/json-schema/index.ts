/**
 * JSON Schema (draft 2020-12) from untrusted people, interpreted without generating code. A library such as ajv compiles a schema to
 * JavaScript, which blocks the one shared thread for milliseconds. The compiled code can be neither stopped nor metered: a schema of 500
 * bytes in which each of thirty schemas applies the next one twice runs for minutes.
 */
export { type CompiledSchema, compileSchema } from './compile-schema.js';
export { LIMITS as JSON_SCHEMA_LIMITS } from './limits.js';
export { SchemaCache, type SchemaCacheOptions } from './schema-cache.js';
export { findSchemaWarnings, type SchemaWarning } from './vendors/find-schema-warnings.js';
