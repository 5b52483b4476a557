const RFC3339 =
  /^(\d{4}-\d{2}-\d{2})T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/i;

const LAST_MS = Date.parse('9999-12-31T23:59:59.999Z');

/**
 * Parses an RFC 3339 time strictly, to the millisecond; returns `null` for anything else. `Date.parse` alone accepts much more ("1", "March
 * 7") and rolls 31 February over into March. The leap second `:60` is refused, because neither JavaScript nor Postgres can store it.
 */
export function parseRfc3339(text: string): Date | null {
  const day = RFC3339.exec(text)?.[1];
  if (day === undefined || !isCalendarDay(day)) return null;
  const time = new Date(text.toUpperCase());
  // The offset can move the last day of the year 9999 into the next year, which RFC 3339 cannot write.
  return time.getTime() <= LAST_MS ? time : null;
}

function isCalendarDay(day: string): boolean {
  const midnight = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(day);
}
