import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { OutcomeEntity } from '../../entities/index.js';

export type NewOutcome = Omit<OutcomeEntity, 'projectId' | 'sequence'>;
export type OutcomeRecord = Omit<OutcomeEntity, 'projectId'>;

export interface OutcomeFilter {
  readonly executionId?: string | undefined;
  readonly metric?: string | undefined;
  /** Only outcomes with a lower number. */
  readonly beforeSequence?: string | undefined;
  readonly limit: number;
}

const READ = `SELECT o.outcome_id AS "outcomeId", o.sequence, o.execution_id AS "executionId", o.metric, o.value,
    o.is_boolean AS "isBoolean", o.created_by AS "createdBy", o.user_id AS "userId", o.key_id AS "keyId", o.created_at AS "createdAt"
  FROM outcomes o WHERE o.project_id = $1`;

/**
 * The row of `outcome_sequences` stays locked until the commit. So numbers follow the order of the commits, and of two concurrent
 * recordings of the same metric of an execution, the second finds the first.
 */
const ADD = `WITH taken AS (
    INSERT INTO outcome_sequences AS q (project_id, latest) VALUES ($1, $3)
    ON CONFLICT (project_id) DO UPDATE SET latest = q.latest + $3
    RETURNING q.latest - $3 AS before
  )
  INSERT INTO outcomes (project_id, outcome_id, sequence, execution_id, metric, value, is_boolean, created_by, user_id, key_id, created_at)
  SELECT $1, n.outcome_id, taken.before + n.place, n.execution_id, n.metric, n.value, n.is_boolean, n.created_by, n.user_id, n.key_id,
    n.created_at
  FROM taken CROSS JOIN json_to_recordset($2::json) AS n(place integer, outcome_id uuid, execution_id uuid, metric text,
    value double precision, is_boolean boolean, created_by text, user_id uuid, key_id uuid, created_at timestamptz)
  ORDER BY n.place
  ON CONFLICT ON CONSTRAINT outcomes_first DO NOTHING
  RETURNING outcome_id AS "outcomeId"`;

@Injectable()
export class OutcomesRepository {
  /**
   * Adds outcomes of executions that have none of the metric, because the first counts. Blocks other outcomes of the project until the
   * commit.
   * @returns the ids of the added outcomes.
   */
  async add(
    tx: EntityManager,
    projectId: string,
    outcomes: readonly NewOutcome[],
  ): Promise<ReadonlySet<string>> {
    const rows = JSON.stringify(outcomes.map((outcome, index) => toRow(outcome, index + 1)));
    const added = await tx.query<{ outcomeId: string }[]>(ADD, [projectId, rows, outcomes.length]);
    return new Set(added.map(({ outcomeId }) => outcomeId));
  }

  /** Lists the outcomes of these executions for a metric, newest execution first. */
  listOfExecutions(
    tx: EntityManager,
    projectId: string,
    executionIds: readonly string[],
    metric: string,
  ): Promise<OutcomeRecord[]> {
    const text = `${READ} AND o.execution_id = ANY ($2::uuid[]) AND o.metric = $3 ORDER BY o.execution_id DESC`;
    return tx.query<OutcomeRecord[]>(text, [projectId, executionIds, metric]);
  }

  /** Lists the latest first. */
  list(tx: EntityManager, projectId: string, filter: OutcomeFilter): Promise<OutcomeRecord[]> {
    const values: unknown[] = [projectId];
    const bind = (value: unknown) => `$${values.push(value)}`;
    let text = READ;
    if (filter.executionId !== undefined) text += ` AND o.execution_id = ${bind(filter.executionId)}`;
    if (filter.metric !== undefined) text += ` AND o.metric = ${bind(filter.metric)}`;
    if (filter.beforeSequence !== undefined) text += ` AND o.sequence < ${bind(filter.beforeSequence)}`;
    return tx.query<OutcomeRecord[]>(`${text} ORDER BY o.sequence DESC LIMIT ${bind(filter.limit)}`, values);
  }
}

function toRow(outcome: NewOutcome, place: number): object {
  return {
    place,
    outcome_id: outcome.outcomeId,
    execution_id: outcome.executionId,
    metric: outcome.metric,
    value: outcome.value,
    is_boolean: outcome.isBoolean,
    created_by: outcome.createdBy,
    user_id: outcome.userId,
    key_id: outcome.keyId,
    created_at: outcome.createdAt,
  };
}
