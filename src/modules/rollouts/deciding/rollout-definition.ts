/** The kind of a metric, which decides about its statistics. */
export const METRIC_KINDS = ['yes_no', 'number', 'quantile'] as const;
export type MetricKind = (typeof METRIC_KINDS)[number];

/** Which way is better. */
export type Direction = 'up' | 'down';

/** A metric as a rollout watches it. */
export interface MetricRule {
  /** Such as `error_rate` or `score:faithful`. */
  readonly metric: string;
  readonly kind: MetricKind;
  /** The quantile of a metric that is one, such as 0.95; otherwise null. */
  readonly quantile: number | null;
  readonly direction: Direction;
  /** The regression that is allowed to the candidate, relative to the control: 0.2 is a fifth. */
  readonly maxRegression: number;
}

export interface RolloutStep {
  /** The candidate's share of all units, 1 to 50. */
  readonly percent: number;
  /** Minutes for which the step lasts at least. */
  readonly holdMin: number;
}

/** The definition of a rollout. It does not change while it runs, so that every look can be computed again. */
export interface RolloutDefinition {
  readonly rolloutId: string;
  /** At least one, with growing percentages. */
  readonly steps: readonly RolloutStep[];
  /** In each arm and step, before anything is decided. */
  readonly minUnits: number;
  readonly primary: MetricRule;
  readonly guardrails: readonly MetricRule[];
  /** The chance of a wrong roll-back over the whole rollout, all guardrails, steps and looks together. */
  readonly alpha: number;
  readonly onGuardrail: 'roll_back' | 'pause';
  readonly onSuccess: 'apply' | 'hold';
}

/** Returns the alpha of each test: guardrails and steps share that of the rollout equally. */
export function splitAlpha({ alpha, guardrails, steps }: RolloutDefinition): number {
  return alpha / (Math.max(1, guardrails.length) * Math.max(1, steps.length));
}

type KnownMetric = Pick<MetricRule, 'kind' | 'quantile' | 'direction'>;

const KNOWN: ReadonlyMap<string, KnownMetric> = new Map<string, KnownMetric>([
  ['error_rate', { kind: 'yes_no', quantile: null, direction: 'down' }],
  ['schema_valid', { kind: 'yes_no', quantile: null, direction: 'up' }],
  ['latency_p95_ms', { kind: 'quantile', quantile: 0.95, direction: 'down' }],
  ['latency_p50_ms', { kind: 'quantile', quantile: 0.5, direction: 'down' }],
  ['cost_usd', { kind: 'number', quantile: null, direction: 'down' }],
  ['output_tokens', { kind: 'number', quantile: null, direction: 'down' }],
]);

/** Prefixes of names of scorers and outcomes. */
const NAMED = /^(?:score|outcome):./u;

export interface MetricOptions {
  readonly direction?: Direction;
  readonly maxRegression?: number;
  /** The kind of the values of a score or an outcome: yes and no, or numbers. Default `number`. */
  readonly kind?: 'yes_no' | 'number';
}

/** The rule for a metric that a request names, with what it leaves out; null for a name that is no metric. */
export function resolveMetric(metric: string, options: MetricOptions = {}): MetricRule | null {
  const known = KNOWN.get(metric) ?? findNamed(metric, options.kind ?? 'number');
  if (known === null) return null;
  const { direction = known.direction, maxRegression = 0 } = options;
  return { metric, kind: known.kind, quantile: known.quantile, direction, maxRegression };
}

function findNamed(metric: string, kind: MetricKind): KnownMetric | null {
  return NAMED.test(metric) ? { kind, quantile: null, direction: 'up' } : null;
}
