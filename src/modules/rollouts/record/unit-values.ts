import { summarize } from '../../../statistics/sequential/index.js';
import type { MetricValues } from '../deciding/phase-state.js';
import type { MetricKind } from '../deciding/rollout-definition.js';

/** Collects the values of one metric in one arm. */
export interface UnitValues {
  add(unit: string, value: number): void;
  toValues(): MetricValues;
}

export function createUnitValues(kind: MetricKind): UnitValues {
  switch (kind) {
    case 'yes_no':
      return new FirstYesNo();
    case 'number':
      return new UnitMeans();
    case 'quantile':
      return new FirstNumbers();
  }
}

/** Counts the first value of a unit. A later one would change what an earlier look decided on. */
class FirstYesNo implements UnitValues {
  private readonly seen = new Set<string>();
  private successes = 0;

  add(unit: string, value: number): void {
    if (this.seen.has(unit)) return;
    this.seen.add(unit);
    if (value !== 0) this.successes += 1;
  }

  toValues(): MetricValues {
    return { kind: 'yes_no', values: this.seen.size, successes: this.successes };
  }
}

class FirstNumbers implements UnitValues {
  private readonly byUnit = new Map<string, number>();

  add(unit: string, value: number): void {
    if (!this.byUnit.has(unit)) this.byUnit.set(unit, value);
  }

  toValues(): MetricValues {
    const sorted = Float64Array.from(this.byUnit.values()).sort();
    return { kind: 'quantile', values: sorted.length, sorted };
  }
}

/** Averages a unit's executions, so that a unit with a hundred requests counts once. */
class UnitMeans implements UnitValues {
  private readonly byUnit = new Map<string, { sum: number; executions: number }>();

  add(unit: string, value: number): void {
    const known = this.byUnit.get(unit);
    if (known === undefined) return void this.byUnit.set(unit, { sum: value, executions: 1 });
    known.sum += value;
    known.executions += 1;
  }

  toValues(): MetricValues {
    const sample = summarize([...this.byUnit.values()].map(({ sum, executions }) => sum / executions));
    return { kind: 'number', values: sample.n, sample };
  }
}
