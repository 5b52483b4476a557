import { ATTEMPT_MOVES, EXECUTION_MOVES } from '../../../../src/modules/executions/index.js';
import type { FaultContext } from '../../core/fault-context.js';

/** The number of moves of executions or attempts from one status to another; from null at their birth. */
export interface MoveCount {
  readonly is_execution: boolean;
  readonly from_status: string | null;
  readonly to_status: string;
  readonly count: number;
}

export const LEGAL_MOVES = [EXECUTION_MOVES, ATTEMPT_MOVES]
  .flatMap((moves) => Object.values<readonly string[]>(moves))
  .reduce((sum, { length }) => sum + length, 0);

export function countMoves({ database }: FaultContext): Promise<MoveCount[]> {
  return database.query<MoveCount>(
    `SELECT attempt IS NULL AS is_execution, from_status, to_status, count(*)::int AS count
     FROM watched_moves GROUP BY 1, 2, 3`,
  );
}

export function isLegal({ is_execution: isExecution, from_status: from, to_status: to }: MoveCount): boolean {
  if (from === null) return (isExecution ? ['queued', 'running', 'failed'] : ['dispatched']).includes(to);
  const moves: Readonly<Record<string, readonly string[]>> = isExecution ? EXECUTION_MOVES : ATTEMPT_MOVES;
  return (moves[from] ?? []).includes(to);
}

export function nameOf({ is_execution: isExecution, from_status: from, to_status: to }: MoveCount): string {
  return `${isExecution ? 'execution' : 'attempt'} ${from ?? 'nothing'} to ${to}`;
}
