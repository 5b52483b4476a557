const MS_PER_MINUTE = 60_000;

/** How long a step has lasted, as whoever computes a look again has it: both times are RFC 3339 with milliseconds. */
export function elapsedMinutes(startedAt: string, at: string): number {
  return (Date.parse(at) - Date.parse(startedAt)) / MS_PER_MINUTE;
}
