const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** From `startMs`, inclusive, to `endMs`, exclusive, in milliseconds since 1970. An infinity is an open end. */
export interface TimeSpan {
  readonly startMs: number;
  readonly endMs: number;
}

/** A span of time split into parts that do not overlap and cover it. Each list may be empty. */
export interface SplitSpan {
  /** Whole days, in UTC. */
  readonly days: readonly TimeSpan[];
  /** Whole hours outside those days. */
  readonly hours: readonly TimeSpan[];
  /** Days and hours together, as one span. */
  readonly wholeHours: readonly TimeSpan[];
  /** The parts at both ends, each shorter than an hour, or the whole span if it contains no whole hour. */
  readonly edges: readonly TimeSpan[];
}

/** Splits a span into a few large pieces and two ragged ends, because counts are stored by hour and by day. */
export function splitSpan(span: TimeSpan): SplitSpan {
  const [whole, edges] = cut(span, HOUR_MS);
  if (whole === null) return { days: [], hours: [], wholeHours: [], edges };
  const [days, hours] = cut(whole, DAY_MS);
  return { days: days === null ? [] : [days], hours, wholeHours: [whole], edges };
}

/** @returns the span between the first and the last multiple of `unitMs`, null if empty; and the rest. */
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
