import { createHmac, type KeyObject } from 'node:crypto';

/** Keeps these apart from everything else that is hashed with the same secret. */
const TAG = 'prompt-ledger/unit-key/1';

/** 1 to 255 characters: who or what is to stay with one arm. */
export const MAX_UNIT_KEY_CHARS = 255;

/**
 * Returns the stored form of a `unit_key`, which is often the id of a person: the same in one project, unrelated in another, and not to be
 * reversed by trying all ids without the secret.
 *
 * @param secret `KEY_HASH_SECRET`, made into a key once: Node takes longer to do that for each request than to hash.
 * @returns an HMAC-SHA-256 of 32 bytes, in hexadecimal digits.
 */
export function hashUnitKey(secret: KeyObject, projectId: string, unitKey: string): string {
  const hmac = createHmac('sha256', secret);
  // The lengths keep "a" of project "bc" apart from "ab" of "c", whatever ids look like.
  return hmac.update(JSON.stringify([TAG, projectId, unitKey])).digest('hex');
}
