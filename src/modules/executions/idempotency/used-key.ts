import { createHash } from 'node:crypto';
import { hashCanonicalJson } from './hash-canonical-json.js';
import { heavyWork, type JsonText, keepsText, type Steps } from '../../../kernel/index.js';
import { canonicalJson } from '../../../templating/index.js';

/** The number of characters to hash at once. */
const STEP_CHARS = 256 * 1024;

/** The key of a request that is carried out once, however often it is sent. */
export interface UsedKey {
  /** The concrete path in the spelling of its route. The same text on another route is a different key. */
  readonly route: string;
  /** The text that the caller chose. */
  readonly key: string;
  /** Covers method, path and body; see {@link fingerprintRequest}. */
  readonly fingerprint: Buffer;
}

/** An answer as stored with its key, so that a replay is the same byte for byte. */
export interface StoredAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Returns the SHA-256 of the RFC 8785 JSON of method, path and body as received, before defaults. A retry with other white
 * space or key order is the same request, and a later change of a default does not make it a different one. Numbers count as
 * they are written, because their text is what gets rendered and sent.
 *
 * Returns a promise for a body that is {@link JsonText.isLarge large}. A large body with numbers that JavaScript would write
 * differently is hashed as its raw text, because sorting it with its numbers as written would block the event loop.
 *
 * @throws ValidationError `VALIDATION_FAILED` for a number of a large body that is not finite.
 */
export function fingerprintRequest(
  method: string,
  path: string,
  text: BodyText | null,
): Buffer | Promise<Buffer> {
  if (text?.isLarge !== true) {
    const canonical = canonicalJson({ method, path, body: text?.value ?? null });
    return createHash('sha256').update(canonical).digest();
  }
  return heavyWork.runSteps(
    keepsText(text.value)
      ? hashSource(method, path, text)
      : hashCanonicalJson({ method, path, body: text.value }),
  );
}

export type BodyText = Pick<JsonText, 'value' | 'isLarge' | 'findSource'>;

function* hashSource(method: string, path: string, text: BodyText): Steps<Buffer> {
  const source = text.findSource() ?? '';
  const hash = createHash('sha256').update(`${method} ${path} `);
  for (let start = 0; start < source.length; start += STEP_CHARS) {
    hash.update(source.slice(start, start + STEP_CHARS));
    yield;
  }
  return hash.digest();
}
