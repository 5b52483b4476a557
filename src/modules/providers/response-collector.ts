import { createHash } from 'node:crypto';
import { toUSVString } from 'node:util';

export interface CollectedResponse {
  /** The kept beginning: at most `maxBytes` as UTF-8, ending at a whole character. */
  readonly text: string;
  readonly truncated: boolean;
  /** Of the whole response, UTF-8. */
  readonly totalBytes: number;
  /** Lower-case hex, over the UTF-8 of the whole response (NUL and lone surrogates as U+FFFD). */
  readonly sha256: string;
}

/** Keeps the first bytes of a response, and measures and hashes all of it, in bounded memory. */
export class ResponseCollector {
  private readonly hash = createHash('sha256');
  private readonly kept: string[] = [];
  private truncated = false;
  private bytesSeen = 0;
  /** A high surrogate whose other half is in the next delta: vendors do cut an escaped emoji in two. */
  private half = '';

  constructor(private readonly maxBytes: number) {}

  /** Bytes of all that was added so far. */
  get totalBytes(): number {
    return this.bytesSeen;
  }

  add(delta: string): void {
    const text = this.half + delta;
    const endsInHalf = isHighSurrogate(text.charCodeAt(text.length - 1));
    this.half = endsInHalf ? text.slice(-1) : '';
    this.take(endsInHalf ? text.slice(0, -1) : text);
  }

  finish(): CollectedResponse {
    this.take(this.half);
    this.half = '';
    return {
      text: this.kept.join(''),
      truncated: this.truncated,
      totalBytes: this.bytesSeen,
      sha256: this.hash.digest('hex'),
    };
  }

  private take(delta: string): void {
    if (delta === '') return;
    const text = storable(delta);
    const bytes = Buffer.from(text, 'utf8');
    const room = this.maxBytes - this.bytesSeen;
    this.bytesSeen += bytes.length;
    this.hash.update(bytes);
    if (this.truncated) return;
    if (bytes.length <= room) {
      this.kept.push(text);
      return;
    }
    this.truncated = true;
    this.kept.push(bytes.toString('utf8', 0, wholeCharacters(bytes, room)));
  }
}

/**
 * NUL and lone surrogates, which no text column holds, become U+FFFD: before the hash, so that what is stored is
 * what was hashed. An answer that was paid for is not to be lost for one character.
 */
function storable(text: string): string {
  return toUSVString(text).replaceAll('\0', '\ufffd');
}

/** The largest length up to `limit` that does not cut a UTF-8 sequence: its inner bytes are 10xxxxxx. */
function wholeCharacters(bytes: Buffer, limit: number): number {
  let length = limit;
  while (length > 0 && ((bytes[length] ?? 0) & 0xc0) === 0x80) length -= 1;
  return length;
}

function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}
