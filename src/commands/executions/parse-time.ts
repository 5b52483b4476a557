import { CliError } from '../terminal/cli-error.js';

const UNIT_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };
const SHAPE = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d))?$/;

/** Reads a time such as `2026-11-24` or `2026-11-24T10:00:00Z`, or an age: `90m`, `24h`, `7d`, `2w`. */
export function parseTime(text: string, now = new Date()): string {
  const [, count, unit] = /^(\d{1,6})([mhdw])$/.exec(text) ?? [];
  if (count !== undefined && unit !== undefined) {
    return new Date(now.getTime() - Number(count) * (UNIT_MS[unit] ?? 0)).toISOString();
  }
  const time = SHAPE.test(text) ? new Date(text) : null;
  if (time !== null && !Number.isNaN(time.getTime())) return time.toISOString();
  throw new CliError(`Write a time as 2026-11-24, 2026-11-24T10:00:00Z or 24h (7d, 90m) ago, not "${text}".`);
}
