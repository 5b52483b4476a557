import { toUSVString } from 'node:util';

/**
 * Turns deltas into text that every database and reader can hold. Vendors do split an escaped emoji, so half a character waits for the
 * other half. NUL and lone surrogates become U+FFFD, because one character is no reason to lose a paid answer.
 */
export class WholeText {
  private half = '';

  /** Returns what is final. The rest comes with the next delta. */
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

/** Repairs a whole text at once, by the same rule. */
export function toStorableText(text: string): string {
  return toUSVString(text).replaceAll('\0', '\ufffd');
}

function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}
