/** A key may be as long as the body. What is repeated of it in a pointer is cut here. */
const MAX_POINTER_SEGMENT_CHARS = 100;
/** What many a client's JSON parser refuses in an answer: NUL, and surrogates without their other half. */
const UNPRINTABLE = /[\0\p{Surrogate}]/gu;

/** One step of an RFC 6901 pointer, escaped. */
export function pointerSegment(key: string | number): string {
  const text = String(key);
  const cut = text.length > MAX_POINTER_SEGMENT_CHARS ? `${text.slice(0, MAX_POINTER_SEGMENT_CHARS)}…` : text;
  return cut.replace(UNPRINTABLE, '\ufffd').replaceAll('~', '~0').replaceAll('/', '~1');
}
