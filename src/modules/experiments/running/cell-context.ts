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
  /** Aborts when the process is leaving or the lease is lost. */
  readonly signal: AbortSignal;
}

/** The item of a cell. */
export interface CellItem {
  readonly variablesJson: string;
  readonly expectedJson: string | null;
}

/** Names a cell, in the executions of a project. */
export function toCorrelation({ experimentId }: Drive, { item, candidate, repetition }: OpenCell): string {
  return `experiment/${experimentId}/${item}/${candidate}/${repetition}`;
}
