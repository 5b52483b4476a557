import {
  contrastEffect,
  effectBounds,
  ranksOfQuantile,
  ROLLOUT_N_OPT,
  ROLLOUT_T_OPT,
  shareLowerBound,
} from '../../../statistics/sequential/index.js';
import type { MetricValues } from '../deciding/phase-state.js';
import type { Direction, MetricKind } from '../deciding/rollout-definition.js';

/**
 * Two arms of one step that receive one value at a time, and after each tell whether the candidate is worse. The answers are those of
 * `decideLook` (a test compares them), but thousands of times as fast, because results for known counts are cached.
 */
export interface ArmPair {
  add(arm: 0 | 1, value: number): void;
  readonly counts: readonly [number, number];
  isWorse(): boolean;
  toValues(): [MetricValues, MetricValues];
}

export interface PairOptions {
  readonly direction: Direction;
  readonly maxRegression: number;
  readonly alpha: number;
  readonly quantile: number;
}

export function createArmPair(kind: MetricKind, options: PairOptions): ArmPair {
  switch (kind) {
    case 'yes_no':
      return new SharePair(options);
    case 'number':
      return new NumberPair(options);
    case 'quantile':
      return new QuantilePair(options);
  }
}

const STRIDE = 2 ** 16;

class SharePair implements ArmPair {
  private static readonly lowerBounds = new Map<number, Map<number, number>>();
  readonly counts: [number, number] = [0, 0];
  private readonly successes: [number, number] = [0, 0];
  private readonly known: Map<number, number>;

  constructor(private readonly options: PairOptions) {
    const { alpha } = options;
    this.known = SharePair.lowerBounds.get(alpha) ?? new Map<number, number>();
    SharePair.lowerBounds.set(alpha, this.known);
  }

  add(arm: 0 | 1, value: number): void {
    this.counts[arm] += 1;
    this.successes[arm] += value;
  }

  isWorse(): boolean {
    const { direction, maxRegression } = this.options;
    const [control, candidate] = this.counts;
    const shares = [this.successes[0] / control, this.successes[1] / candidate] as const;
    // The bounds enclose the observed shares, so comparing those decides most looks.
    if (direction === 'up') {
      if (shares[1] >= shares[0] * (1 - maxRegression)) return false;
      return (
        1 - this.lower(candidate - this.successes[1], candidate) <
        this.lower(this.successes[0], control) * (1 - maxRegression)
      );
    }
    if (shares[1] <= shares[0] * (1 + maxRegression)) return false;
    return (
      this.lower(this.successes[1], candidate) >
      (1 - this.lower(control - this.successes[0], control)) * (1 + maxRegression)
    );
  }

  toValues(): [MetricValues, MetricValues] {
    const toValues = (arm: 0 | 1): MetricValues => ({
      kind: 'yes_no',
      values: this.counts[arm],
      successes: this.successes[arm],
    });
    return [toValues(0), toValues(1)];
  }

  private lower(successes: number, trials: number): number {
    const key = trials * STRIDE + successes;
    let bound = this.known.get(key);
    if (bound === undefined) {
      bound = shareLowerBound(successes, trials, { alpha: this.options.alpha / 2, tOpt: ROLLOUT_T_OPT });
      this.known.set(key, bound);
    }
    return bound;
  }
}

class NumberPair implements ArmPair {
  readonly counts: [number, number] = [0, 0];
  private readonly means: [number, number] = [0, 0];
  private readonly squares: [number, number] = [0, 0];

  constructor(private readonly options: PairOptions) {}

  add(arm: 0 | 1, value: number): void {
    this.counts[arm] += 1;
    const distance = value - this.means[arm];
    this.means[arm] += distance / this.counts[arm];
    this.squares[arm] += distance * (value - this.means[arm]);
  }

  isWorse(): boolean {
    const { direction, maxRegression, alpha } = this.options;
    const isUp = direction === 'up';
    const factor = 1 + (isUp ? -maxRegression : maxRegression) * Math.sign(this.means[0]);
    const bounds = effectBounds(contrastEffect(this.sample(0), this.sample(1), factor), {
      alpha,
      nOpt: ROLLOUT_N_OPT,
    });
    return bounds !== null && (isUp ? bounds.high < 0 : bounds.low > 0);
  }

  toValues(): [MetricValues, MetricValues] {
    const toValues = (arm: 0 | 1): MetricValues => ({
      kind: 'number',
      values: this.counts[arm],
      sample: this.sample(arm),
    });
    return [toValues(0), toValues(1)];
  }

  private sample(arm: 0 | 1) {
    return { n: this.counts[arm], mean: this.means[arm], squares: this.squares[arm] };
  }
}

type Ranks = readonly [fewest: number, most: number];

class QuantilePair implements ArmPair {
  private static readonly ranks = new Map<string, Ranks[]>();
  readonly counts: [number, number] = [0, 0];
  private readonly sorted: readonly [number[], number[]] = [[], []];
  private readonly known: Ranks[];

  constructor(private readonly options: PairOptions) {
    const key = `${options.alpha}/${options.quantile}`;
    this.known = QuantilePair.ranks.get(key) ?? [];
    QuantilePair.ranks.set(key, this.known);
  }

  add(arm: 0 | 1, value: number): void {
    this.counts[arm] += 1;
    const sorted = this.sorted[arm];
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sorted[middle]! < value) low = middle + 1;
      else high = middle;
    }
    sorted.splice(low, 0, value);
  }

  isWorse(): boolean {
    const { direction, maxRegression } = this.options;
    const [worse, better] = direction === 'up' ? ([0, 1] as const) : ([1, 0] as const);
    const low = this.sorted[worse][this.ranksOf(this.counts[worse])[0] - 1];
    const high = this.sorted[better][this.ranksOf(this.counts[better])[1]];
    if (low === undefined || high === undefined) return false;
    return direction === 'up' ? high < low * (1 - maxRegression) : low > high * (1 + maxRegression);
  }

  toValues(): [MetricValues, MetricValues] {
    const toValues = (arm: 0 | 1): MetricValues => ({
      kind: 'quantile',
      values: this.counts[arm],
      sorted: this.sorted[arm],
    });
    return [toValues(0), toValues(1)];
  }

  private ranksOf(trials: number): Ranks {
    const { alpha, quantile } = this.options;
    return (this.known[trials] ??= ranksOfQuantile(trials, quantile, {
      alpha: alpha / 2,
      tOpt: ROLLOUT_T_OPT,
    }));
  }
}
