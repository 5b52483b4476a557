import { LRUCache } from 'lru-cache';
import { type CompiledSchema, compileSchema } from './compile-schema.js';

export interface SchemaCacheOptions {
  /** Default 200: one of 32 KiB takes about a megabyte. */
  readonly maxEntries?: number;
}

/** Compiled schemas by a key that names their content, such as the checksum of a version. */
export class SchemaCache {
  private readonly schemas: LRUCache<string, CompiledSchema>;

  constructor({ maxEntries = 200 }: SchemaCacheOptions = {}) {
    this.schemas = new LRUCache({ max: maxEntries });
  }

  /**
   * @param pointer of the schema, which the pointers of a refusal begin with.
   * @throws ValidationError `VALIDATION_FAILED` for a schema that is refused; that is not kept.
   */
  get(key: string, schema: unknown, pointer?: string): CompiledSchema {
    const known = this.schemas.get(key);
    if (known !== undefined) return known;
    const compiled = compileSchema(schema, pointer);
    this.schemas.set(key, compiled);
    return compiled;
  }
}
