import { createHash } from 'node:crypto';
import type { Suggestion } from './suggestion.js';

/**
 * The same suggestion about the same version has the same id, today and next week, so that one who dismisses it does not see it again.
 * Figures that move every day are not part of it.
 *
 * @returns 32 hex digits.
 */
export function identifySuggestion(checksumHash: string, { kind, evidence }: Suggestion): string {
  const names = ['variable', 'value', 'pointer', 'cause', 'experiment_id'].map(
    (name) => evidence.facts[name] ?? null,
  );
  const places = evidence.places.map(({ pointer, begin, end }) => [pointer, begin, end]);
  const identity = JSON.stringify(['prompt-ledger/suggestion/1', checksumHash, kind, places, names]);
  return createHash('sha256').update(identity).digest('hex').slice(0, 32);
}
