import type { Figures } from '@prompt-ledger/client';
import type { SeriesColour } from '../../ui/chart/legend-entry';
import { count, dollars, duration } from '../../ui/text/format';

export interface Series {
  readonly title: string;
  readonly colour: SeriesColour;
  /** Null leaves a gap, because the value is unknown. */
  readonly value: (figures: Figures) => number | null;
  /** Formats the value with all its digits. */
  readonly text: (figures: Figures) => string;
}

/** One question over time. Bars are stacked from the first one up; lines are not. */
export interface Chart {
  readonly title: string;
  readonly note: string;
  readonly kind: 'bars' | 'lines';
  readonly axis: (value: number) => string;
  /** Whether values are whole numbers. */
  readonly isWhole?: boolean;
  readonly series: readonly Series[];
}

const tokens = (value: number | null) => (value === null ? 'unknown' : count(value));
const short = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });
const money = new Intl.NumberFormat('en', { maximumSignificantDigits: 2 });

/** Returns the height of a sum; an unknown sum has none. */
const height = (decimal: string | null) => (decimal === null ? 0 : Number(decimal));

export const CHARTS: readonly Chart[] = [
  {
    title: 'Executions',
    note: 'that are over',
    kind: 'bars',
    axis: (value) => short.format(value),
    isWhole: true,
    series: [
      {
        title: 'Succeeded',
        colour: 'accent',
        value: ({ succeeded_count: value }) => value,
        text: ({ succeeded_count: value }) => count(value),
      },
      {
        title: 'Failed',
        colour: 'bad',
        value: ({ failed_count: value }) => value,
        text: ({ failed_count: value }) => count(value),
      },
      {
        title: 'Canceled',
        colour: 'warn',
        value: ({ canceled_count: value }) => value,
        text: ({ canceled_count: value }) => count(value),
      },
    ],
  },
  {
    title: 'Latency',
    note: 'of those that succeeded by a call',
    kind: 'lines',
    axis: (value) => duration(value),
    isWhole: true,
    series: [
      {
        title: 'p50',
        colour: 'accent',
        value: ({ latency_ms: latency }) => latency?.p50 ?? null,
        text: ({ latency_ms: latency }) => duration(latency?.p50 ?? null),
      },
      {
        title: 'p95',
        colour: 'info',
        value: ({ latency_ms: latency }) => latency?.p95 ?? null,
        text: ({ latency_ms: latency }) => duration(latency?.p95 ?? null),
      },
      {
        title: 'p99',
        colour: 'warn',
        value: ({ latency_ms: latency }) => latency?.p99 ?? null,
        text: ({ latency_ms: latency }) => duration(latency?.p99 ?? null),
      },
    ],
  },
  {
    title: 'Cost',
    note: 'of those whose cost is known',
    kind: 'bars',
    axis: (value) => `$${money.format(value)}`,
    series: [
      {
        title: 'Cost',
        colour: 'accent',
        value: ({ cost_usd: cost }) => height(cost),
        text: ({ cost_usd: cost }) => dollars(cost),
      },
    ],
  },
  {
    title: 'Tokens',
    note: 'as providers counted them',
    kind: 'bars',
    axis: (value) => short.format(value),
    isWhole: true,
    series: [
      {
        title: 'Sent',
        colour: 'accent',
        value: ({ prompt_tokens: value }) => value ?? 0,
        text: ({ prompt_tokens: value }) => tokens(value),
      },
      {
        title: 'Answered',
        colour: 'info',
        value: ({ response_tokens: value }) => value ?? 0,
        text: ({ response_tokens: value }) => tokens(value),
      },
    ],
  },
  {
    title: 'Errors',
    note: 'failed, of 100 that are over',
    kind: 'lines',
    axis: (value) => `${value} %`,
    series: [
      {
        title: 'Failed',
        colour: 'bad',
        value: ({ failed_count: failed, execution_count: all }) => (all === 0 ? null : (100 * failed) / all),
        text: ({ failed_count: failed, execution_count: all }) => percent(failed, all),
      },
    ],
  },
  {
    title: 'Cache',
    note: 'answered without a call, and tokens that providers had',
    kind: 'bars',
    axis: (value) => short.format(value),
    isWhole: true,
    series: [
      {
        title: 'Answers from the cache',
        colour: 'accent',
        value: ({ cache_hit_count: value }) => value,
        text: ({ cache_hit_count: value, cached_prompt_tokens: cached }) =>
          cached === null ? count(value) : `${count(value)}, ${count(cached)} tokens at providers`,
      },
    ],
  },
];

/** Formats "1.5 %"; a dash when there is nothing to divide by. */
export function percent(part: number, all: number): string {
  return all === 0 ? '–' : `${((100 * part) / all).toFixed(part === 0 ? 0 : 1)} %`;
}
