/** Nobody is believed who asks for more: one odd header would hold an execution, or a client, for days. */
export const LONGEST_RETRY_AFTER_MS = 3_600_000;

/** Seconds as RFC 9110 writes them; some vendors add a fraction. */
const SECONDS = /^\d+(\.\d+)?$/;
/** The three forms of an HTTP date, and RFC 3339. `Date.parse` alone finds a year in any text with a number. */
const TIME = /^((mon|tue|wed|thu|fri|sat|sun)[a-z]*,? .*|\d{4}-\d\d-\d\dT)\d\d:\d\d:\d\d/i;

/**
 * `Retry-After` in milliseconds (RFC 9110, 10.2.3): seconds, or a time; null for anything else. A time in the past is 0.
 * @param date the answer's `Date`: a time is a distance from it, so that nobody's clock has to be right.
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
