import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { CellStatus } from '../../../entities/index.js';
import type { CellError } from '../running/cells.repository.js';

/** Identifies a line of the results by item and candidate. */
export interface ResultKey {
  readonly item: number;
  readonly candidate: number;
}

export interface ScoreRow {
  readonly scorer: number;
  readonly value: number | null;
  readonly passed: boolean | null;
  readonly label: string | null;
  readonly error: CellError | null;
  /** Null when there is no score. */
  readonly scoreId: string | null;
  readonly explanation: string | null;
  readonly judgeExecutionId: string | null;
}

export interface CellRow extends ResultKey {
  readonly repetition: number;
  readonly externalId: string | null;
  readonly itemHash: string;
  readonly status: CellStatus;
  readonly executionId: string | null;
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
  readonly latencyMs: number | null;
  readonly costPicoUsd: string | null;
  readonly scores: readonly ScoreRow[];
}

export interface ResultFilter {
  readonly candidate: number | null;
  /** The scorers whose verdict decides what has failed. */
  readonly scorers: readonly number[];
  readonly failed: boolean | null;
  readonly after: ResultKey | null;
  readonly limit: number;
}

/** The facts about the plan that a page needs. */
interface PlanFacts {
  readonly repetitions: number;
  /** The fewest repetitions that must pass for an item to pass. */
  readonly passesNeeded: number;
  readonly scorerVersionIds: readonly string[];
}

/** A line passes when every scorer passes enough repetitions and has scored all of them. */
const LIST_KEYS = `SELECT l.item, l.candidate FROM (
    SELECT c.item, c.candidate FROM experiment_cells c
    WHERE c.project_id = $1 AND c.experiment_id = $2 AND ($3::smallint IS NULL OR c.candidate = $3) AND c.repetition = 0
      AND ($4::integer IS NULL OR (c.item, c.candidate) > ($4, $5::smallint))
    ) AS l
  WHERE $6::boolean IS NULL OR $6 <> (
    SELECT count(*) = cardinality($7::smallint[]) FROM (
      SELECT s.scorer FROM experiment_scores s
      WHERE s.project_id = $1 AND s.experiment_id = $2 AND s.item = l.item AND s.candidate = l.candidate AND s.scorer = ANY ($7)
      GROUP BY s.scorer
      HAVING count(*) FILTER (WHERE s.passed) >= $8 AND count(s.value) = $9) AS passing)
  ORDER BY l.item, l.candidate
  LIMIT $10`;

const LIST_CELLS = `SELECT c.item, c.candidate, c.repetition, i.external_id AS "externalId", encode(i.item_hash, 'hex') AS "itemHash",
    c.status, c.execution_id AS "executionId", c.error_code AS "errorCode", c.error_message AS "errorMessage",
    c.latency_ms AS "latencyMs", c.cost_pico_usd::text AS "costPicoUsd", coalesce(s.scores, '[]') AS scores
  FROM json_to_recordset($3::json) AS k(item integer, candidate smallint)
  JOIN experiment_cells c ON c.project_id = $1 AND c.experiment_id = $2 AND c.item = k.item AND c.candidate = k.candidate
  JOIN experiment_items i ON i.project_id = $1 AND i.experiment_id = $2 AND i.item = k.item
  CROSS JOIN LATERAL (
    SELECT json_agg(json_build_object('scorer', s.scorer, 'value', s.value, 'passed', s.passed, 'label', s.label,
      'error', CASE WHEN s.error_code IS NOT NULL THEN json_build_object('code', s.error_code, 'message', s.error_message) END,
      'scoreId', w.score_id, 'explanation', w.explanation, 'judgeExecutionId', s.judge_execution_id) ORDER BY s.scorer) AS scores
    FROM experiment_scores s
    LEFT JOIN scores w ON w.project_id = $1 AND w.execution_id = c.execution_id
      AND w.scorer_version_id = ($4::uuid[])[s.scorer + 1] AND w.source IN ('check', 'code', 'judge')
    WHERE s.project_id = $1 AND s.experiment_id = $2 AND s.item = c.item AND s.candidate = c.candidate
      AND s.repetition = c.repetition) AS s
  ORDER BY c.item, c.candidate, c.repetition`;

/** Reads the results of each item. */
@Injectable()
export class ResultRowsRepository {
  /** Lists lines by item, and by candidate within an item. */
  async listKeys(
    tx: EntityManager,
    projectId: string,
    experimentId: string,
    { repetitions, passesNeeded }: PlanFacts,
    filter: ResultFilter,
  ): Promise<ResultKey[]> {
    return tx.query<ResultKey[]>(LIST_KEYS, [
      projectId,
      experimentId,
      filter.candidate,
      filter.after?.item ?? null,
      filter.after?.candidate ?? null,
      filter.failed,
      filter.scorers,
      passesNeeded,
      repetitions,
      filter.limit,
    ]);
  }

  /** Lists all repetitions of these lines, in order. */
  async listCells(
    tx: EntityManager,
    projectId: string,
    experimentId: string,
    { scorerVersionIds }: PlanFacts,
    keys: readonly ResultKey[],
  ): Promise<CellRow[]> {
    if (keys.length === 0) return [];
    return tx.query<CellRow[]>(LIST_CELLS, [projectId, experimentId, JSON.stringify(keys), scorerVersionIds]);
  }
}
