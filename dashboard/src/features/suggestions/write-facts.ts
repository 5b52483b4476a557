import type { Suggestion } from '@prompt-ledger/client';
import { count, dollars } from '../../ui/text/format';

const MINUS = '\u2212';

/** Formats "−$3.94 in 30 days, −120 tokens a request"; null where nothing is known. */
export function describeEffect({
  expected_effect: { cost_usd_30d: cost, tokens, pass_rate: passes },
}: Suggestion): string | null {
  const parts = [
    ...(cost === null ? [] : [`${signOf(cost.startsWith('-'))}${dollars(cost.replace('-', ''))} in 30 days`]),
    ...(tokens === null ? [] : [`${signOf(tokens < 0)}${count(Math.abs(tokens))} tokens a request`]),
    ...(passes === null
      ? []
      : [`${signOf(passes < 0)}${(100 * Math.abs(passes)).toFixed(1)} points of executions that pass`]),
  ];
  return parts.length === 0 ? null : parts.join(', ');
}

function signOf(isLess: boolean): string {
  return isLess ? MINUS : '+';
}

/** Formats `p99_tokens` as "p99 tokens", and separates lists by commas. */
export function writeFact(value: string | number | readonly string[]): string {
  if (typeof value === 'number') return Number.isInteger(value) ? count(value) : String(value);
  return typeof value === 'string' ? value : value.join(', ');
}
