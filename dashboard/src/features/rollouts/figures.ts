import type { RolloutComparison, RolloutEstimate } from '@prompt-ledger/client';
import { duration } from '../../ui/text/format';

type Measured = Pick<RolloutComparison, 'metric' | 'kind'>;

const PLAIN = new Intl.NumberFormat('en', { maximumSignificantDigits: 4 });
const MINUS = '\u2212';

/** Formats a value of a metric in its unit: "83.3 %", "640 ms", "$0.0021". */
export function writeValue({ metric, kind }: Measured, value: number): string {
  if (kind === 'yes_no') return `${(100 * value).toFixed(1)} %`;
  if (kind === 'quantile') return duration(value);
  return metric === 'cost_usd' ? `$${PLAIN.format(value)}` : PLAIN.format(value);
}

/** Formats a difference between the arms, with its sign. */
export function writeEffect(measured: Measured, scale: 'relative' | 'absolute', value: number): string {
  const size = Math.abs(value);
  const sign = size === 0 ? '' : value < 0 ? MINUS : '+';
  if (scale === 'relative') return `${sign}${PLAIN.format(Number((100 * size).toFixed(1)))} %`;
  if (measured.kind === 'yes_no') return `${sign}${(100 * size).toFixed(1)} points`;
  return `${sign}${writeValue(measured, size)}`;
}

/** Formats "62.1 % to 77.6 %"; a missing bound is a dash. */
export function writeBounds({ low, high }: RolloutEstimate, write: (value: number) => string): string {
  if (low === null && high === null) return 'no bounds yet';
  return `${low === null ? '–' : write(low)} to ${high === null ? '–' : write(high)}`;
}

export function writeEstimate({ estimate }: RolloutEstimate, write: (value: number) => string): string {
  return estimate === null ? '–' : write(estimate);
}

/** Below this, the split of units deviates from the plan, and no comparison can be trusted. */
export const SUSPECT_P = 0.001;

export function writeP(value: number): string {
  return value < 0.0001 ? '< 0.0001' : PLAIN.format(Number(value.toPrecision(2)));
}

/** Formats milliseconds, which may be days, as "2 min", "3.5 h", "4 days". */
export function writeDelay(ms: number): string {
  const minutes = ms / 60_000;
  if (minutes < 1) return duration(ms);
  if (minutes < 60) return `${PLAIN.format(Number(minutes.toFixed(1)))} min`;
  const hours = minutes / 60;
  return hours < 48
    ? `${PLAIN.format(Number(hours.toFixed(1)))} h`
    : `${PLAIN.format(Number((hours / 24).toFixed(1)))} days`;
}
