import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { ExecutionStatus } from '../../../entities/index.js';
import type { ExecutionFilter } from './bound-filter.js';
import { listExecutions } from './list-executions.sql.js';

/** The input and the answer of an execution. */
export interface ExecutionContent {
  readonly executionId: string;
  readonly status: ExecutionStatus;
  /** Whether the execution is a bare call, which has no prompt and so no variables. */
  readonly isBare: boolean;
  /** The JSON text of the variables as they were sent. */
  readonly variablesJson: string;
  /** Null when there is no answer. */
  readonly responseText: string | null;
  /** Whether the answer was too long to be kept whole. */
  readonly responseTruncated: boolean;
  /** Whether some of the variables are masked, together with all text that repeats their values. */
  readonly hasMasked: boolean;
}

export type ContentFilter = Omit<ExecutionFilter, 'promptIds'> & { readonly promptName?: string | undefined };

const LIST = `SELECT n.execution_id AS "executionId", e.status, e.version_id IS NULL AS "isBare",
    i.variables_json::text AS "variablesJson", i.masked IS NOT NULL AS "hasMasked", o.response_text AS "responseText",
    coalesce(o.response_truncated, false) AS "responseTruncated"
  FROM unnest($2::uuid[]) WITH ORDINALITY AS n (execution_id, nth)
  CROSS JOIN LATERAL (SELECT e.status, e.version_id, e.attempts_made FROM executions_all e
    WHERE e.project_id = $1 AND e.execution_id = n.execution_id OFFSET 0) AS e
  CROSS JOIN LATERAL (SELECT i.variables_json, i.masked FROM execution_inputs i
    WHERE i.project_id = $1 AND i.execution_id = n.execution_id OFFSET 0) AS i
  LEFT JOIN LATERAL (SELECT o.response_text, o.response_truncated FROM execution_outputs o
    WHERE o.project_id = $1 AND o.execution_id = n.execution_id AND o.attempt = e.attempts_made AND NOT o.late OFFSET 0) AS o ON true
  ORDER BY n.nth`;

/** Reads the contents of many executions in the caller's transaction. */
@Injectable()
export class ExecutionContentsRepository {
  /** @returns the contents that exist, in the order of the ids. */
  async list(
    tx: EntityManager,
    projectId: string,
    executionIds: readonly string[],
  ): Promise<ExecutionContent[]> {
    return tx.query<ExecutionContent[]>(LIST, [projectId, executionIds]);
  }

  /** Lists the ids of executions, newest first. */
  async listIds(
    tx: EntityManager,
    projectId: string,
    { promptName, ...filter }: ContentFilter,
  ): Promise<string[]> {
    const promptIds =
      promptName === undefined ? undefined : await this.listPromptIds(tx, projectId, promptName);
    const { text, values } = listExecutions(projectId, { ...filter, promptIds }, 'e.execution_id AS id');
    const rows = await tx.query<{ id: string }[]>(text, values);
    return rows.map(({ id }) => id);
  }

  /** Includes deleted prompts, because a reused name has several. */
  private async listPromptIds(tx: EntityManager, projectId: string, name: string): Promise<string[]> {
    const text = 'SELECT prompt_id AS id FROM prompts WHERE project_id = $1 AND name = $2';
    const rows = await tx.query<{ id: string }[]>(text, [projectId, name]);
    return rows.map(({ id }) => id);
  }
}
