const RELATIVE = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const FULL = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'medium' });
const COUNT = new Intl.NumberFormat('en');

const STEPS = [
  ['second', 1],
  ['minute', 60],
  ['hour', 3_600],
  ['day', 86_400],
  ['week', 604_800],
  ['month', 2_629_800],
  ['year', 31_557_600],
] as const;

/** Formats "12 minutes ago". @param time RFC 3339 */
export function timeAgo(time: string, now = Date.now()): string {
  const seconds = (Date.parse(time) - now) / 1_000;
  const [unit, size] = STEPS.findLast(([, length]) => Math.abs(seconds) >= length) ?? STEPS[0];
  return RELATIVE.format(Math.trunc(seconds / size), unit);
}

export function fullTime(time: string): string {
  return FULL.format(new Date(time));
}

export function count(value: number): string {
  return COUNT.format(value);
}

/** Formats "640 ms", "1.32 s"; an unknown duration is a dash. */
export function duration(ms: number | null): string {
  if (ms === null) return '–';
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(2)} s`;
}

/** Formats "9f2c…41ab". */
export function shortHash(hash: string): string {
  return `${hash.slice(0, 4)}…${hash.slice(-4)}`;
}

/** Formats dollars with their original digits, without trailing zeros. */
export function dollars(decimal: string | null): string {
  return decimal === null ? 'unknown' : `$${decimal.replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '')}`;
}
