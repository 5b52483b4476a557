import { LRUCache } from 'lru-cache';
import { type CompiledSchema, compileSchema } from './compile-schema.js';

export interface SchemaCacheOptions {
  /** Default 200. A schema of 32 KiB takes about a megabyte. */
  readonly maxEntries?: number;
}

/** Caches compiled schemas by a key that identifies their content, such as the checksum of a version. */
export class SchemaCache {
  private readonly schemas: LRUCache<string, CompiledSchema>;

  constructor({ maxEntries = 200 }: SchemaCacheOptions = {}) {
    this.schemas = new LRUCache({ max: maxEntries });
  }

  /**
   * @param pointer the schema's pointer, which prefixes those of a refusal.
   * @throws ValidationError `VALIDATION_FAILED` for a refused schema; refusals are not cached.
   */
  get(key: string, schema: unknown, pointer?: string): CompiledSchema {
    const known = this.schemas.get(key);
    if (known !== undefined) return known;
    const compiled = compileSchema(schema, pointer);
    this.schemas.set(key, compiled);
    return compiled;
  }
}
