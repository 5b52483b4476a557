import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { ScoreEntity, ScorerKind } from '../../../entities/index.js';
import { lockOutErasure } from '../../executions/index.js';

export type NewScore = Pick<
  ScoreEntity,
  | 'scoreId'
  | 'executionId'
  | 'scorerId'
  | 'scorerVersionId'
  | 'source'
  | 'value'
  | 'label'
  | 'passed'
  | 'explanation'
  | 'judgeExecutionId'
  | 'createdBy'
  | 'userId'
  | 'keyId'
  | 'createdAt'
>;

/** A score with the name and version of its scorer. */
export interface ScoreRecord extends Omit<ScoreEntity, 'projectId'> {
  readonly scorerName: string;
  readonly scorerKind: ScorerKind;
  readonly versionNumber: number;
}

export interface ScoreFilter {
  readonly executionId?: string | undefined;
  readonly scorerId?: string | undefined;
  /** Only scores with a lower number. */
  readonly beforeSequence?: string | undefined;
  readonly limit: number;
}

const READ = `SELECT c.score_id AS "scoreId", c.sequence, c.execution_id AS "executionId", c.scorer_id AS "scorerId",
    c.scorer_version_id AS "scorerVersionId", c.source, c.value, c.label, c.passed, c.explanation,
    c.judge_execution_id AS "judgeExecutionId", c.created_by AS "createdBy", c.user_id AS "userId", c.key_id AS "keyId",
    c.created_at AS "createdAt", s.name AS "scorerName", s.kind AS "scorerKind", v.version_number AS "versionNumber"
  FROM scores c
  JOIN scorers s ON s.project_id = c.project_id AND s.scorer_id = c.scorer_id
  JOIN scorer_versions v ON v.project_id = c.project_id AND v.scorer_version_id = c.scorer_version_id
  WHERE c.project_id = $1`;

/**
 * Selects a value instead of testing EXISTS, because Postgres may answer EXISTS by hashing all executions of the project. It does so for
 * the partition of a new week, which it believes to be empty until it is analyzed.
 */
const isErased = (executionId: string) => `coalesce((SELECT e.content_erased_at IS NOT NULL FROM executions e
    WHERE e.project_id = $1 AND e.execution_id = ${executionId}), false)`;

/**
 * The row of `score_sequences` stays locked until the commit. So numbers follow the order of the commits, and of two concurrent
 * computations of the same score, the second finds the first.
 */
const insertWith = (explanation: string) => `WITH taken AS (
    INSERT INTO score_sequences AS q (project_id, latest) VALUES ($1, $3)
    ON CONFLICT (project_id) DO UPDATE SET latest = q.latest + $3
    RETURNING q.latest - $3 AS before
  )
  INSERT INTO scores (project_id, score_id, sequence, execution_id, scorer_id, scorer_version_id, source, value, label, passed,
    explanation, judge_execution_id, created_by, user_id, key_id, created_at)
  SELECT $1, n.score_id, taken.before + n.place, n.execution_id, n.scorer_id, n.scorer_version_id, n.source, n.value, n.label, n.passed,
    ${explanation}, n.judge_execution_id, n.created_by, n.user_id, n.key_id, n.created_at
  FROM taken CROSS JOIN json_to_recordset($2::json) AS n(place integer, score_id uuid, execution_id uuid, scorer_id uuid, scorer_version_id uuid,
    source text, value double precision, label text, passed boolean, explanation text, judge_execution_id uuid, created_by text,
    user_id uuid, key_id uuid, created_at timestamptz)
  ORDER BY n.place
  ON CONFLICT (project_id, execution_id, scorer_version_id, source) WHERE source IN ('check', 'code', 'judge') DO NOTHING
  RETURNING score_id AS "scoreId"`;

const INSERT = insertWith('n.explanation');

/** A computed score of erased content is kept without its explanation, which may quote the content. Explanations by people are kept. */
const INSERT_QUOTING = insertWith(`CASE WHEN n.source NOT IN ('check', 'code', 'judge')
    OR NOT (${isErased('n.execution_id')} OR ${isErased('n.judge_execution_id')}) THEN n.explanation END`);

@Injectable()
export class ScoresRepository {
  /**
   * Adds scores. An existing computed score by the same version for the same execution stays and the new one is dropped, so a killed
   * process may run again. Should be the last statement of its transaction, because it blocks other scores of the project until the commit.
   * A transaction that takes other locks first must lock out erasure at its start.
   * @returns the ids of the added scores.
   */
  async add(tx: EntityManager, projectId: string, scores: readonly NewScore[]): Promise<ReadonlySet<string>> {
    if (scores.length === 0) return new Set();
    const mayAnyQuote = scores.some(mayQuote);
    if (mayAnyQuote) await lockOutErasure(tx, projectId);
    const rows = JSON.stringify(scores.map((score, index) => toRow(score, index + 1)));
    const added = await tx.query<{ scoreId: string }[]>(mayAnyQuote ? INSERT_QUOTING : INSERT, [
      projectId,
      rows,
      scores.length,
    ]);
    return new Set(added.map(({ scoreId }) => scoreId));
  }

  /** Finds the score that a version of a scorer computed for an execution. */
  async findComputed(
    tx: EntityManager,
    projectId: string,
    executionId: string,
    scorerVersionId: string,
  ): Promise<ScoreRecord | null> {
    const text = `${READ} AND c.execution_id = $2 AND c.scorer_version_id = $3 AND c.source IN ('check', 'code', 'judge')`;
    return (await tx.query<ScoreRecord[]>(text, [projectId, executionId, scorerVersionId]))[0] ?? null;
  }

  /** Lists the latest first. */
  async list(tx: EntityManager, projectId: string, filter: ScoreFilter): Promise<ScoreRecord[]> {
    const values: unknown[] = [projectId];
    const bind = (value: unknown) => `$${values.push(value)}`;
    let text = READ;
    if (filter.executionId !== undefined) text += ` AND c.execution_id = ${bind(filter.executionId)}`;
    if (filter.scorerId !== undefined) text += ` AND c.scorer_id = ${bind(filter.scorerId)}`;
    if (filter.beforeSequence !== undefined) text += ` AND c.sequence < ${bind(filter.beforeSequence)}`;
    return tx.query<ScoreRecord[]>(`${text} ORDER BY c.sequence DESC LIMIT ${bind(filter.limit)}`, values);
  }
}

/** Returns whether a score has an explanation that was generated from the answer. */
function mayQuote({ source, explanation }: NewScore): boolean {
  return explanation !== null && source !== 'api' && source !== 'human';
}

function toRow(score: NewScore, place: number): object {
  return {
    place,
    score_id: score.scoreId,
    execution_id: score.executionId,
    scorer_id: score.scorerId,
    scorer_version_id: score.scorerVersionId,
    source: score.source,
    value: score.value,
    label: score.label,
    passed: score.passed,
    explanation: score.explanation,
    judge_execution_id: score.judgeExecutionId,
    created_by: score.createdBy,
    user_id: score.userId,
    key_id: score.keyId,
    created_at: score.createdAt,
  };
}
