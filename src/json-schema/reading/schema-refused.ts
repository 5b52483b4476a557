import type { ErrorEntry } from '../../kernel/index.js';

/** Ends the reading of a schema that has too many problems or exceeds a limit. */
export class SchemaRefused extends Error {
  constructor(readonly problems: readonly ErrorEntry[]) {
    super('The schema is refused.');
    this.name = 'SchemaRefused';
  }
}
