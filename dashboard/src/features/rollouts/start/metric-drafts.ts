import type { RolloutMetricName, RolloutMetricRequest } from '@prompt-ledger/client';

/** A metric in the form. */
export interface MetricDraft {
  readonly key: number;
  readonly metric: string;
  /** Empty for the metric's own direction. */
  readonly direction: '' | 'up' | 'down';
  /** In percent; empty for 0. */
  readonly regression: string;
  /** Empty for the metric's own kind. */
  readonly kind: '' | 'yes_no' | 'number';
}

/** A step in the form. */
export interface StepDraft {
  readonly key: number;
  readonly percent: string;
  /** Empty for none. */
  readonly holdMin: string;
}

export const METRICS = [
  'error_rate',
  'schema_valid',
  'latency_p50_ms',
  'latency_p95_ms',
  'cost_usd',
  'output_tokens',
] as const;

let lastKey = 0;

export function newMetric(metric: string, regression = ''): MetricDraft {
  lastKey += 1;
  return { key: lastKey, metric, direction: '', regression, kind: '' };
}

export function newStep(percent: string, holdMin = ''): StepDraft {
  lastKey += 1;
  return { key: lastKey, percent, holdMin };
}

/** Whether the metric's kind can be stated, which is so only for scores and outcomes. */
export function hasKind({ metric }: MetricDraft): boolean {
  return /^(score|outcome):/.test(metric);
}

export function toMetric(draft: MetricDraft): RolloutMetricRequest {
  const { metric, direction, regression, kind } = draft;
  return {
    metric: metric.trim() as RolloutMetricName,
    ...(direction === '' ? {} : { direction }),
    // Moves the decimal point in the text, so that 0.7 % is 0.007 and not 0.006999….
    ...(regression.trim() === '' ? {} : { max_regression: Number(`${regression.trim()}e-2`) }),
    ...(kind === '' || !hasKind(draft) ? {} : { kind }),
  };
}

export function toStep({ percent, holdMin }: StepDraft) {
  return { percent: Number(percent), ...(holdMin.trim() === '' ? {} : { hold_min: Number(holdMin) }) };
}
