/** The kind of a metric, which determines its statistics. */
export const METRIC_KINDS = ['yes_no', 'number', 'quantile'] as const;
export type MetricKind = (typeof METRIC_KINDS)[number];

/** Which way is better. */
export type Direction = 'up' | 'down';

/** A metric that a rollout watches. */
export interface MetricRule {
  /** Such as `error_rate` or `score:faithful`. */
  readonly metric: string;
  readonly kind: MetricKind;
  /** The quantile, such as 0.95, for a metric of that kind; otherwise null. */
  readonly quantile: number | null;
  readonly direction: Direction;
  /** How much worse the candidate may be, relative to the control: 0.2 is a fifth. */
  readonly maxRegression: number;
}

export interface RolloutStep {
  /** The candidate's share of all units, 1 to 50. */
  readonly percent: number;
  /** Minimum duration of the step in minutes. */
  readonly holdMin: number;
}

/** The definition of a rollout. It does not change while the rollout runs, so that every look can be recomputed. */
export interface RolloutDefinition {
  readonly rolloutId: string;
  /** At least one, with growing percentages. */
  readonly steps: readonly RolloutStep[];
  /** Required in each arm and step before anything is decided. */
  readonly minUnits: number;
  readonly primary: MetricRule;
  readonly guardrails: readonly MetricRule[];
  /** The probability of a wrong roll-back over the whole rollout, for all guardrails, steps and looks together. */
  readonly alpha: number;
  readonly onGuardrail: 'roll_back' | 'pause';
  readonly onSuccess: 'apply' | 'hold';
}

/** Returns the alpha of each test. Guardrails and steps share the rollout's alpha equally. */
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
  /** The kind of the values of a score or an outcome: yes or no, or numbers. Default `number`. */
  readonly kind?: 'yes_no' | 'number';
}

/** Returns the rule for a metric in a request, completed with defaults; null for an unknown name. */
export function resolveMetric(metric: string, options: MetricOptions = {}): MetricRule | null {
  const known = KNOWN.get(metric) ?? findNamed(metric, options.kind ?? 'number');
  if (known === null) return null;
  const { direction = known.direction, maxRegression = 0 } = options;
  return { metric, kind: known.kind, quantile: known.quantile, direction, maxRegression };
}

function findNamed(metric: string, kind: MetricKind): KnownMetric | null {
  return NAMED.test(metric) ? { kind, quantile: null, direction: 'up' } : null;
}
