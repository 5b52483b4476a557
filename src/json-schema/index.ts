/**
 * JSON Schema (draft 2020-12) of people who are not trusted. An interpreter and no generated code: a library such as ajv
 * compiles a schema to JavaScript, for milliseconds on the one thread that everybody shares, and what it compiled can be
 * neither stopped nor counted: a schema of 500 bytes that asks twice for the next of thirty schemas runs for minutes.
 */
export { type CompiledSchema, compileSchema } from './compile-schema.js';
export { LIMITS as JSON_SCHEMA_LIMITS } from './limits.js';
export { SchemaCache, type SchemaCacheOptions } from './schema-cache.js';
export { findSchemaWarnings, type SchemaWarning } from './vendors/find-schema-warnings.js';
