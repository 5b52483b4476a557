/** A body with its first bytes already read. */
export interface PeekedBody {
  /** The first bytes. Shorter than wanted only if the body is. */
  readonly start: Uint8Array;
  /** The whole body, from the first byte on. */
  readonly whole: AsyncGenerator<Uint8Array, void, undefined>;
}

/**
 * Reads the beginning of a body ahead.
 * @param isEnough called with all bytes so far, each time more arrive
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
