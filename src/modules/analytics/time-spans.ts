const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** From `startMs`, inclusive, to `endMs`, exclusive; milliseconds since 1970, or an infinity where it is open. */
export interface TimeSpan {
  readonly startMs: number;
  readonly endMs: number;
}

/** A span of time in parts that do not overlap and are the whole of it; each list may be empty. */
export interface SplitSpan {
  /** Whole days, in UTC. */
  readonly days: readonly TimeSpan[];
  /** Whole hours beside them. */
  readonly hours: readonly TimeSpan[];
  /** Both: days and hours in one piece. */
  readonly wholeHours: readonly TimeSpan[];
  /** The parts at both ends, each shorter than an hour; or all of a span that has no whole hour. */
  readonly edges: readonly TimeSpan[];
}

/** Counts are kept by the hour and by the day, so a span is read as few large pieces and two ragged ends. */
export function splitSpan(span: TimeSpan): SplitSpan {
  const [whole, edges] = cut(span, HOUR_MS);
  if (whole === null) return { days: [], hours: [], wholeHours: [], edges };
  const [days, hours] = cut(whole, DAY_MS);
  return { days: days === null ? [] : [days], hours, wholeHours: [whole], edges };
}

/** @returns what lies between the first and the last multiple of `unitMs`, null for nothing; and what is left. */
function cut(span: TimeSpan, unitMs: number): [TimeSpan | null, TimeSpan[]] {
  const startMs = Math.ceil(span.startMs / unitMs) * unitMs;
  const endMs = Math.floor(span.endMs / unitMs) * unitMs;
  if (startMs >= endMs) return [null, withTime([span])];
  const rest = [
    { startMs: span.startMs, endMs: startMs },
    { startMs: endMs, endMs: span.endMs },
  ];
  return [{ startMs, endMs }, withTime(rest)];
}

function withTime(spans: readonly TimeSpan[]): TimeSpan[] {
  return spans.filter(({ startMs, endMs }) => startMs < endMs);
}
