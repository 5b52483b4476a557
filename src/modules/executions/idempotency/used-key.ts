import { createHash } from 'node:crypto';
import { canonicalJson } from '../../../templating/index.js';

/** A request that is to happen once, however often it is sent. */
export interface UsedKey {
  /** The concrete path in the spelling of its route: the same key on another route is another key. */
  readonly route: string;
  /** As the caller chose it. */
  readonly key: string;
  /** Of method, path and body; see {@link fingerprintOf}. */
  readonly fingerprint: Buffer;
}

/** An answer as it is kept with a key: sent again, it is the same byte for byte. */
export interface StoredAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * SHA-256 over the RFC 8785 JSON of method, path and body as received, before defaults: what a client sends again with
 * other white space or another order of keys is the same request, a default that we change later does not make it another.
 * Numbers count as they are written, since what is rendered and sent is their text.
 */
export function fingerprintOf(method: string, path: string, body: unknown): Buffer {
  const canonical = canonicalJson({ method, path, body: body ?? null });
  return createHash('sha256').update(canonical).digest();
}
