import { toUSVString } from 'node:util';

/**
 * Makes text of deltas that every database and every reader can hold: vendors do cut an escaped emoji in two, so the
 * first half of a character waits for the other. NUL and lone surrogates become U+FFFD; an answer that was paid for
 * is not to be lost for one character.
 */
export class WholeText {
  private half = '';

  /** Holds as much as is certain; the rest comes with the next delta. */
  add(delta: string): string {
    const text = this.half + delta;
    const endsInHalf = isHighSurrogate(text.charCodeAt(text.length - 1));
    this.half = endsInHalf ? text.slice(-1) : '';
    return toStorableText(endsInHalf ? text.slice(0, -1) : text);
  }

  /** Releases text that waits for a delta which will not come. */
  flush(): string {
    const text = toStorableText(this.half);
    this.half = '';
    return text;
  }
}

/** The whole of a text at once, under the same rule. */
export function toStorableText(text: string): string {
  return toUSVString(text).replaceAll('\0', '\ufffd');
}

function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}
