import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { TenantScope } from '../../../infra/database/index.js';
import { isContentErased, lockOutErasure } from '../../executions/index.js';
import type { Drive, OpenCell } from './drives.repository.js';

export interface CellError {
  readonly code: string;
  readonly message: string;
}

/** The score of a cell by one scorer. */
export interface CellScore {
  /** The position of the scorer in the plan. */
  readonly scorer: number;
  readonly score: {
    readonly value: number;
    readonly passed: boolean;
    readonly label: string | null;
  } | null;
  /** The execution of the judgement; null for other scorers, and when the judge was not called. */
  readonly judgeExecutionId: string | null;
  /** Why there is no score; null when there is one. */
  readonly error: CellError | null;
}

export interface CellEnd {
  readonly executionId: string | null;
  readonly latencyMs: number | null;
  readonly costPicoUsd: string | null;
  /** Why there is no answer; null when there is one. */
  readonly error: CellError | null;
  readonly scores: readonly CellScore[];
}

type CellKey = Pick<OpenCell, 'item' | 'candidate' | 'repetition'>;

const HELD = `EXISTS (SELECT FROM experiments e
      WHERE e.project_id = $1 AND e.experiment_id = $2 AND e.fence = $3 AND e.status = 'running')`;
const IS_CELL = `c.project_id = $1 AND c.experiment_id = $2 AND c.item = $4 AND c.candidate = $5 AND c.repetition = $6`;

const IS_HELD = `SELECT ${HELD} AS held`;

const LINK = `UPDATE experiment_cells c SET execution_id = $7 WHERE ${IS_CELL} AND c.status = 'open' AND ${HELD}`;

/** A cell that has ended is never scored again. */
const END = `UPDATE experiment_cells c SET status = $7, execution_id = $8, latency_ms = $9, cost_pico_usd = $10, error_code = $11,
    error_message = $12, completed_at = now()
  WHERE ${IS_CELL} AND c.status = 'open' AND ${HELD}`;

const ADD_SCORES = `INSERT INTO experiment_scores (project_id, experiment_id, item, candidate, repetition, scorer, value, passed, label,
    judge_execution_id, error_code, error_message)
  SELECT $1, $2, $3, $4, $5, s.scorer, s.value, s.passed, s.label, s.judge_execution_id, s.error_code, s.error_message
  FROM json_to_recordset($6::json) AS s(scorer smallint, value float8, passed boolean, label text, judge_execution_id uuid,
    error_code text, error_message text)`;

/** Finds an execution that an earlier drive requested and whose key may have expired since. */
const FIND_EXECUTION = `SELECT e.execution_id AS "executionId" FROM executions_all e
  WHERE e.project_id = $1 AND e.correlation_id = $3 AND e.batch_id = $2`;

/** Links and ends cells, under the fence of the drive. */
@Injectable()
export class CellsRepository {
  constructor(private readonly scope: TenantScope) {}

  /** Whether the experiment is still running and this drive holds it. */
  async isHeld({ projectId, experimentId, fence }: Drive): Promise<boolean> {
    const values = [projectId, experimentId, fence];
    const [row] = await this.scope.statement<{ held: boolean }>(projectId, { text: IS_HELD, values });
    return row?.held === true;
  }

  async link(drive: Drive, cell: CellKey, executionId: string): Promise<void> {
    const { projectId } = drive;
    await this.scope.statement(projectId, { text: LINK, values: [...toKey(drive, cell), executionId] });
  }

  /**
   * Ends a cell with its scores in one transaction, so that they are stored once or not at all. Leaves out error messages if
   * the execution was erased in the meantime, because they may quote it.
   * @param keep runs last in the transaction; not called when the cell has already ended or the lease is lost.
   */
  async end(
    drive: Drive,
    cell: CellKey,
    end: CellEnd,
    keep: (tx: EntityManager) => Promise<void>,
  ): Promise<void> {
    const { projectId, experimentId } = drive;
    await this.scope.transaction(projectId, async (tx) => {
      await lockOutErasure(tx, projectId);
      const isErased = end.executionId !== null && (await isContentErased(tx, projectId, end.executionId));
      const toMessage = (error: CellError | null) => (isErased ? null : (error?.message ?? null));
      const [, ended] = await tx.query<[unknown, number]>(END, [
        ...toKey(drive, cell),
        end.error === null ? 'succeeded' : 'failed',
        end.executionId,
        end.latencyMs,
        end.costPicoUsd,
        end.error?.code ?? null,
        toMessage(end.error),
      ]);
      if (ended === 0) return;
      const { item, candidate, repetition } = cell;
      if (end.scores.length > 0) {
        const scores = JSON.stringify(end.scores.map((score) => toRow(score, toMessage(score.error))));
        await tx.query(ADD_SCORES, [projectId, experimentId, item, candidate, repetition, scores]);
      }
      await keep(tx);
    });
  }

  async findExecution(
    { projectId, experimentId }: Pick<Drive, 'projectId' | 'experimentId'>,
    correlationId: string,
  ): Promise<string | null> {
    const values = [projectId, experimentId, correlationId];
    const rows = await this.scope.statement<{ executionId: string }>(projectId, {
      text: FIND_EXECUTION,
      values,
    });
    return rows[0]?.executionId ?? null;
  }
}

function toKey(
  { projectId, experimentId, fence }: Drive,
  { item, candidate, repetition }: CellKey,
): unknown[] {
  return [projectId, experimentId, fence, item, candidate, repetition];
}

function toRow({ scorer, score, judgeExecutionId, error }: CellScore, errorMessage: string | null): object {
  return {
    scorer,
    value: score?.value ?? null,
    passed: score?.passed ?? null,
    label: score?.label ?? null,
    judge_execution_id: judgeExecutionId,
    error_code: error?.code ?? null,
    error_message: errorMessage,
  };
}
