const MS_PER_MINUTE = 60_000;

/** Returns the length of a step so far, as whoever computes a look again has it: both times are RFC 3339 with milliseconds. */
export function elapsedMinutes(startedAt: string, at: string): number {
  return (Date.parse(at) - Date.parse(startedAt)) / MS_PER_MINUTE;
}
