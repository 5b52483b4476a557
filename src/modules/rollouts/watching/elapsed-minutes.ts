const MS_PER_MINUTE = 60_000;

/** Returns the length of a step so far. Both times are RFC 3339 with milliseconds, so that a recomputed look gets the same result. */
export function elapsedMinutes(startedAt: string, at: string): number {
  return (Date.parse(at) - Date.parse(startedAt)) / MS_PER_MINUTE;
}
