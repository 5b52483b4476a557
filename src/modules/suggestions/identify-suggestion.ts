import { createHash } from 'node:crypto';
import type { Suggestion } from './suggestion.js';

const NAMES = ['variable', 'value', 'pointer', 'cause', 'experiment_id', 'from', 'to'];

/**
 * Gives the same suggestion about the same version the same id at any time, so that a dismissed one stays dismissed. Figures that change
 * daily are not part of it.
 * @param hash must be keyed if others can see the id, because it covers values of variables, which are few enough to be guessed.
 * @returns 32 hex digits.
 */
export function identifySuggestion(
  checksumHash: string,
  { kind, evidence }: Suggestion,
  hash: (text: string) => Buffer = sha256,
): string {
  const names = NAMES.map((name) => evidence.facts[name] ?? null);
  const places = evidence.places.map(({ pointer, begin, end }) => [pointer, begin, end]);
  const identity = JSON.stringify(['prompt-ledger/suggestion/1', checksumHash, kind, places, names]);
  return hash(identity).toString('hex').slice(0, 32);
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
