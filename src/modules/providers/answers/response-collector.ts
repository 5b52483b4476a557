import { createHash, hash } from 'node:crypto';
import { toStorableText, WholeText } from './whole-text.js';

export interface CollectedResponse {
  /** The kept beginning: at most `maxBytes` as UTF-8, ending at a whole character. */
  readonly text: string;
  readonly truncated: boolean;
  /** Counts the whole response, in UTF-8. */
  readonly totalBytes: number;
  /** Lower-case hex, over the UTF-8 of the whole response (NUL and lone surrogates as U+FFFD). */
  readonly sha256: string;
}

/** Keeps the first bytes of a response, and measures and hashes all of it, in bounded memory. */
export class ResponseCollector {
  private readonly hash = createHash('sha256');
  private readonly kept: string[] = [];
  private readonly whole = new WholeText();
  private truncated = false;
  private bytesSeen = 0;

  constructor(private readonly maxBytes: number) {}

  /** Bytes of everything added so far. */
  get totalBytes(): number {
    return this.bytesSeen;
  }

  /** Returns the text that this makes final, up to the limit of what is stored. */
  add(delta: string): string {
    const text = this.whole.add(delta);
    this.take(text);
    return text;
  }

  /** Releases everything held back, because nothing follows. */
  flush(): string {
    const text = this.whole.flush();
    this.take(text);
    return text;
  }

  /** Drops what is held back, because half a character is not part of an incomplete answer. */
  dropHalf(): void {
    this.whole.flush();
  }

  /** Call once. */
  finish(): CollectedResponse {
    this.flush();
    return {
      text: this.kept.join(''),
      truncated: this.truncated,
      totalBytes: this.bytesSeen,
      sha256: this.hash.digest('hex'),
    };
  }

  private take(text: string): void {
    if (text === '') return;
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

/** Collects a whole response at once, without the cost of an incremental hash. */
export function collectResponse(response: string, maxBytes: number): CollectedResponse {
  const text = toStorableText(response);
  const totalBytes = Buffer.byteLength(text, 'utf8');
  const sha256 = hash('sha256', text);
  if (totalBytes <= maxBytes) return { text, truncated: false, totalBytes, sha256 };
  const bytes = Buffer.from(text, 'utf8');
  const kept = bytes.toString('utf8', 0, wholeCharacters(bytes, maxBytes));
  return { text: kept, truncated: true, totalBytes, sha256 };
}

/** Returns the largest length up to `limit` that does not split a UTF-8 sequence, whose continuation bytes are 10xxxxxx. */
function wholeCharacters(bytes: Buffer, limit: number): number {
  let length = limit;
  while (length > 0 && ((bytes[length] ?? 0) & 0xc0) === 0x80) length -= 1;
  return length;
}
