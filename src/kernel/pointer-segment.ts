/** A key may be as long as the body, so a pointer repeats only this much of it. */
const MAX_POINTER_SEGMENT_CHARS = 100;
/** NUL and lone surrogates, which many JSON parsers of clients refuse in an answer. */
const UNPRINTABLE = /[\0\p{Surrogate}]/gu;

/** Returns one escaped step of an RFC 6901 pointer. */
export function pointerSegment(key: string | number): string {
  const text = String(key);
  const cut = text.length > MAX_POINTER_SEGMENT_CHARS ? `${text.slice(0, MAX_POINTER_SEGMENT_CHARS)}…` : text;
  return cut.replace(UNPRINTABLE, '\ufffd').replaceAll('~', '~0').replaceAll('/', '~1');
}
