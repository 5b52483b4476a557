import { createHash } from 'node:crypto';
import { hashCanonicalJson } from './hash-canonical-json.js';
import { heavyWork, type JsonText, keepsText, type Steps } from '../../../kernel/index.js';
import { canonicalJson } from '../../../templating/index.js';

/** Characters of a text that are hashed at once. */
const STEP_CHARS = 256 * 1024;

/** A request that is to happen once, however often it is sent. */
export interface UsedKey {
  /** The concrete path in the spelling of its route: the same key on another route is another key. */
  readonly route: string;
  /** The text that the caller chose. */
  readonly key: string;
  /** Covers method, path and body; see {@link fingerprintRequest}. */
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
 *
 * At once, or as a promise for a body that is {@link JsonText.isLarge large}. A large one with numbers that JavaScript would
 * write in another way counts as the text that it is: sorting it with its numbers as written would stall everybody else.
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
