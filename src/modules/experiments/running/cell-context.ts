import type { ScorerVersion } from '../../scorers/index.js';
import type { ExperimentPlan } from '../experiment-plan.js';
import type { Drive, OpenCell } from './drives.repository.js';
import type { StoredCaller } from './stored-caller.js';

/** The facts that all cells of a drive share. */
export interface CellContext {
  readonly drive: Drive;
  readonly plan: ExperimentPlan;
  readonly caller: StoredCaller;
  /** In the order of the plan. */
  readonly scorers: readonly ScorerVersion[];
  /** Aborts when the process is shutting down or the lease is lost. */
  readonly signal: AbortSignal;
}

/** The parts of an item that a cell needs. */
export interface CellItem {
  readonly variablesJson: string;
  readonly expectedJson: string | null;
}

/** Returns the correlation id of a cell's execution. */
export function toCorrelation({ experimentId }: Drive, { item, candidate, repetition }: OpenCell): string {
  return `experiment/${experimentId}/${item}/${candidate}/${repetition}`;
}
