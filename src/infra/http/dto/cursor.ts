import { UUID, ValidationError } from '../../../kernel/index.js';
import { readJsonText } from '../../../kernel/json/json-text.js';

/** A sort key may be a text of 200 characters, each of which JSON may write in six. */
export const MAX_CURSOR_CHARS = 2048;

/** Makes the opaque `next_cursor` of a page from the sort key of its last row (anything that JSON can hold). */
export function encodeCursor(position: unknown): string {
  return Buffer.from(JSON.stringify(position), 'utf8').toString('base64url');
}

/**
 * Makes a page of what was found.
 * @param found up to one more than `limit`, in the list's order: the one more says that there is a next page.
 * @param positionOf the sort key of an entry.
 */
export function toPage<T>(
  found: readonly T[],
  limit: number,
  positionOf: (entry: T) => unknown,
): { entries: T[]; nextCursor: string | null } {
  const entries = found.slice(0, limit);
  const last = found.length > limit ? entries.at(-1) : undefined;
  return { entries, nextCursor: last === undefined ? null : encodeCursor(positionOf(last)) };
}

/**
 * Reads a cursor back. It is not signed: it only says where to go on, and row-level security bounds what is found
 * there. But it may have been tampered with, so `parse` has to answer `null` for what it does not know.
 *
 * @throws ValidationError `VALIDATION_FAILED` when it is none of ours
 */
export function decodeCursor<T>(cursor: string, parse: (position: unknown) => T | null): T {
  const position = cursor.length <= MAX_CURSOR_CHARS ? readPosition(cursor) : undefined;
  const parsed = position === undefined ? null : parse(position.value);
  if (parsed === null) {
    throw new ValidationError('Send the next_cursor of the page before, unchanged.', [
      { pointer: '/cursor', message: 'is not a cursor' },
    ]);
  }
  return parsed;
}

/** Reads the cursor of a list that is in the order of its ids. @throws as {@link decodeCursor}. */
export function decodeIdCursor(cursor: string | undefined): string | undefined {
  if (cursor === undefined) return undefined;
  return decodeCursor(cursor, (id) => (typeof id === 'string' && UUID.test(id) ? id : null));
}

/** Strict as a body is: what is in a cursor goes into statements. */
function readPosition(cursor: string): { value: unknown } | undefined {
  try {
    return readJsonText(Buffer.from(cursor, 'base64url').toString('utf8'), { maxDepth: 4 });
  } catch {
    return undefined;
  }
}
