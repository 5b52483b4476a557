import { UUID, ValidationError } from '../../../kernel/index.js';
import { readJsonText } from '../../../kernel/json/json-text.js';

/** A sort key may be a text of 200 characters, and JSON may need six for each. */
export const MAX_CURSOR_CHARS = 2048;

/** Makes the opaque `next_cursor` of a page from the sort key of its last row (anything that JSON can hold). */
export function encodeCursor(position: unknown): string {
  return Buffer.from(JSON.stringify(position), 'utf8').toString('base64url');
}

/**
 * Builds a page from the rows found.
 * @param found up to `limit` + 1 rows in the list's order; the extra row means that there is a next page.
 * @param positionOf returns the sort key of an entry.
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
 * Decodes a cursor. Cursors are not signed: a cursor only says where to continue, and row-level security limits what can be found there. A
 * client may have altered it, so `parse` must return `null` for a position that it does not recognise.
 *
 * @throws ValidationError `VALIDATION_FAILED` when the cursor is not one of ours
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

/** Decodes the cursor of a list that is ordered by id. @throws as {@link decodeCursor}. */
export function decodeIdCursor(cursor: string | undefined): string | undefined {
  if (cursor === undefined) return undefined;
  return decodeCursor(cursor, (id) => (typeof id === 'string' && UUID.test(id) ? id : null));
}

/** Reads a cursor as strictly as a body, because its contents go into statements. */
function readPosition(cursor: string): { value: unknown } | undefined {
  try {
    return readJsonText(Buffer.from(cursor, 'base64url').toString('utf8'), { maxDepth: 4 });
  } catch {
    return undefined;
  }
}
