import { createHash } from 'node:crypto';
import type { Suggestion } from './suggestion.js';

const NAMES = ['variable', 'value', 'pointer', 'cause', 'experiment_id', 'from', 'to'];

/**
 * The same suggestion about the same version has the same id, today and next week, so that one who dismisses it does not see it again.
 * Figures that move every day are not part of it.
 *
 * @param hash has to have a key wherever others see the id: it covers values of variables, and those are few enough to be guessed.
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
