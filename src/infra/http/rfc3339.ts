const RFC3339 =
  /^(\d{4}-\d{2}-\d{2})T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/i;

/**
 * Parses an RFC 3339 time strictly, to the millisecond; `null` when it is none. `Date.parse` alone takes much
 * else ("1", "March 7"), and rolls the 31st of February over into March. The leap second `:60` is refused:
 * neither JavaScript nor Postgres has a place for it.
 */
export function parseRfc3339(text: string): Date | null {
  const day = RFC3339.exec(text)?.[1];
  if (day === undefined || !isCalendarDay(day)) return null;
  const time = new Date(text.toUpperCase());
  return Number.isNaN(time.getTime()) ? null : time;
}

function isCalendarDay(day: string): boolean {
  const midnight = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(day);
}
