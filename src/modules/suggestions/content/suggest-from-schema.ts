import { quotePlaces, type Suggestion, UNKNOWN_EFFECT } from '../suggestion.js';

interface SchemaFault {
  /** JSON pointer into the content. */
  readonly pointer: string;
  /** The vendors that refuse it. Empty if only this service cannot check answers against it. */
  readonly vendors: readonly string[];
  readonly message: string;
}

const MOST_SUGGESTIONS = 20;

/** Suggests fixes for parts of a schema that vendors refuse. */
export function suggestFromSchema(faults: readonly SchemaFault[]): Suggestion[] {
  return faults.slice(0, MOST_SUGGESTIONS).map(({ pointer, vendors, message }) => ({
    kind: 'schema_refused',
    severity: vendors.length === 0 ? 'warning' : 'error',
    title:
      vendors.length === 0
        ? `Answers cannot be checked by the schema at "${pointer}": ${message}`
        : `${vendors.join(', ')} will refuse the schema at "${pointer}": ${message}`,
    evidence: quotePlaces([], { pointer, vendors, message }),
    expectedEffect: UNKNOWN_EFFECT,
    patch: null,
  }));
}
