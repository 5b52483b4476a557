/** A body whose beginning is known. */
export interface PeekedBody {
  /** Its first bytes; less than were wanted only where it has no more. */
  readonly start: Uint8Array;
  /** All of it, from the first byte on. */
  readonly whole: AsyncGenerator<Uint8Array, void, undefined>;
}

/**
 * Looks at the beginning of a body.
 * @param isEnough asked with all that has come, each time more has come
 */
export async function peekBody(
  body: AsyncIterable<Uint8Array>,
  isEnough: (start: Uint8Array) => boolean,
): Promise<PeekedBody> {
  const iterator = body[Symbol.asyncIterator]();
  let start: Uint8Array = new Uint8Array(0);
  while (!isEnough(start)) {
    const next = await iterator.next();
    if (next.done === true) break;
    start = start.length === 0 ? next.value : Buffer.concat([start, next.value]);
  }
  return { start, whole: continued(start, iterator) };
}

async function* continued(
  start: Uint8Array,
  iterator: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    if (start.length > 0) yield start;
    for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) yield next.value;
  } finally {
    await iterator.return?.();
  }
}
