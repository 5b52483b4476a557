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

/**
 * Keeps the first number of each unit in order. A look merges only the new ones: collecting and sorting a million again took half a second,
 * in which the process answered nobody.
 */
class FirstNumbers implements UnitValues {
  private readonly seen = new Set<string>();
  private sorted = new Float64Array();
  private added: number[] = [];

  add(unit: string, value: number): void {
    if (this.seen.has(unit)) return;
    this.seen.add(unit);
    this.added.push(value);
  }

  toValues(): MetricValues {
    if (this.added.length > 0) this.sorted = insertAll(this.sorted, Float64Array.from(this.added).sort());
    this.added = [];
    return { kind: 'quantile', values: this.sorted.length, sorted: this.sorted };
  }
}

/** Inserts a few numbers into many. Both are in ascending order. */
function insertAll(many: Float64Array, few: Float64Array): Float64Array<ArrayBuffer> {
  const merged = new Float64Array(many.length + few.length);
  let copied = 0;
  few.forEach((value, inserted) => {
    const place = findPlace(many, value, copied);
    merged.set(many.subarray(copied, place), copied + inserted);
    merged[place + inserted] = value;
    copied = place;
  });
  merged.set(many.subarray(copied), copied + few.length);
  return merged;
}

/** Returns the index of the first number that is larger. @param from a lower bound of the index. */
function findPlace(sorted: Float64Array, value: number, from: number): number {
  let [low, high] = [from, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? Infinity) <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Averages a unit's executions, so that a unit with a hundred requests counts once. The averages are in the order of the units' first values. */
class UnitMeans implements UnitValues {
  private readonly places = new Map<string, number>();
  private readonly sums: number[] = [];
  private readonly executions: number[] = [];
  private readonly means: number[] = [];

  add(unit: string, value: number): void {
    const place = this.places.get(unit) ?? this.places.size;
    this.places.set(unit, place);
    const sum = (this.sums[place] ?? 0) + value;
    const executions = (this.executions[place] ?? 0) + 1;
    this.sums[place] = sum;
    this.executions[place] = executions;
    this.means[place] = sum / executions;
  }

  toValues(): MetricValues {
    const sample = summarize(this.means);
    return { kind: 'number', values: sample.n, sample };
  }
}
