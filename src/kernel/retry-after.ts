/** Caps the wait that a server may ask for, because one odd header would hold an execution, or a client, for days. */
export const LONGEST_RETRY_AFTER_MS = 3_600_000;

/** Matches seconds as in RFC 9110, with the fraction that some vendors add. */
const SECONDS = /^\d+(\.\d+)?$/;
/** Matches the three forms of an HTTP date, and RFC 3339. `Date.parse` alone accepts any text with a number as a year. */
const TIME = /^((mon|tue|wed|thu|fri|sat|sun)[a-z]*,? .*|\d{4}-\d\d-\d\dT)\d\d:\d\d:\d\d/i;

/**
 * Parses `Retry-After` (RFC 9110, 10.2.3), seconds or a time, into milliseconds. Returns null for anything else, and 0 for a past time.
 * @param date the answer's `Date`. The wait is counted from it, so that neither clock has to be right. Without it, our own clock is used.
 */
export function parseRetryAfterMs(value: string | null, date: string | null): number | null {
  const said = value?.trim() ?? '';
  if (SECONDS.test(said)) return Math.ceil(Number(said) * 1000);
  const timeMs = parseTime(said);
  return timeMs === null ? null : Math.max(0, timeMs - (parseTime(date ?? '') ?? Date.now()));
}

function parseTime(text: string): number | null {
  const timeMs = TIME.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(timeMs) ? null : timeMs;
}
