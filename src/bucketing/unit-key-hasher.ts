import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { LRUCache } from 'lru-cache';

/** Separates these hashes from all others under the same secret. */
const TAG = 'prompt-ledger/unit-key/1';

/** The most characters of a `unit_key`. */
export const MAX_UNIT_KEY_CHARS = 255;

/** Takes at most 6 MB, if every key has the maximum length and characters outside of Latin-1. */
const REMEMBERED_HASHES = 10_000;

/**
 * Turns a `unit_key`, which is often the id of a person, into its stored form. It is stable within a project, unrelated between projects,
 * and cannot be reversed by trying all ids without the secret.
 *
 * The latest hashes are cached, because a person usually sends several requests in a row: an HMAC takes 4 µs, since Node creates an object
 * for each, and a cache hit takes 0.4 µs. A miss costs 1.7 µs on top.
 */
export class UnitKeyHasher {
  private readonly key: KeyObject;
  private readonly remembered = new LRUCache<string, string>({ max: REMEMBERED_HASHES });

  /** @param secret `KEY_HASH_SECRET`. */
  constructor(secret: string) {
    this.key = createSecretKey(secret, 'utf8');
  }

  /** @returns an HMAC-SHA-256 of 32 bytes, in hexadecimal digits. */
  hash(projectId: string, unitKey: string): string {
    // The id of a project has no space, so the key is unambiguous. Using the hashed text as the key takes three times as long.
    const pair = `${projectId} ${unitKey}`;
    const known = this.remembered.get(pair);
    if (known !== undefined) return known;
    // JSON keeps "a" of project "bc" apart from "ab" of "c".
    const text = JSON.stringify([TAG, projectId, unitKey]);
    const hash = createHmac('sha256', this.key).update(text).digest('hex');
    this.remembered.set(pair, hash);
    return hash;
  }
}
