const PATTERN = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';

/** A UUID as the database writes it. */
export const UUID = new RegExp(`^${PATTERN}$`);

/** A UUID as clients may write it, in any case. */
export const ANY_CASE_UUID = new RegExp(`^${PATTERN}$`, 'i');

/** Matches 1 to `most` ids in any case, separated by commas. */
export function matchUuids(most: number): RegExp {
  return new RegExp(`^${PATTERN}(?:,${PATTERN}){0,${most - 1}}$`, 'i');
}
