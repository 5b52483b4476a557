import type { JsonData } from '../content/json-data.js';
import type { Budget } from './budget.js';

export interface Filter {
  readonly minArgs: number;
  readonly maxArgs: number;
  /** Pure: the same input and arguments give the same value on every machine. Pays for its work in advance. */
  apply(input: JsonData, args: readonly JsonData[], budget: Budget): JsonData;
}

export function filter(minArgs: number, maxArgs: number, apply: Filter['apply']): Filter {
  return { minArgs, maxArgs, apply };
}
