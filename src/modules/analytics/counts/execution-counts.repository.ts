import { Injectable } from '@nestjs/common';
import type { PromptMode } from '../../../entities/index.js';
import { TenantScope } from '../../../infra/database/index.js';
import { columnDimension, type CountFilter, selectIds, listParts, describeShape } from './count-parts.js';

/** Final executions of prompts that were in this mode when they ran, and the number of prompts now in it. */
export interface ModeCounts {
  readonly mode: PromptMode;
  readonly promptCount: number;
  readonly executions: number;
  /** Counts executions that succeeded and whose latency is known. */
  readonly latencyCount: number;
  readonly latencySumMs: number;
  /** Null if no provider reported a count. */
  readonly promptTokens: number | null;
  readonly responseTokens: number | null;
}

const MEASURES = [
  'executions',
  'latency_count',
  'latency_sum_ms',
  'prompt_tokens_count',
  'prompt_tokens_sum',
  'response_tokens_count',
  'response_tokens_sum',
];

const OF_VERSIONS = `SELECT version_id AS "versionId", sum(executions)::float8 AS executions FROM (
    SELECT version_id, executions FROM execution_rollups
    WHERE project_id = $1 AND grain = 'all' AND period = '-infinity' AND prompt_id = $2
    UNION ALL
    SELECT version_id, executions FROM execution_deltas WHERE project_id = $1 AND prompt_id = $2
  ) AS counted GROUP BY version_id`;

/** Reads the counts: rollups plus unfolded deltas. Each read is one statement, so that it sees every execution once, even during a fold. */
@Injectable()
export class ExecutionCountsRepository {
  constructor(private readonly scope: TenantScope) {}

  /** Always returns both modes. Executions without a prompt had neither. */
  async byMode(projectId: string, { promptName, span }: CountFilter): Promise<ModeCounts[]> {
    const values: unknown[] = [projectId];
    const bind = (value: unknown) => `$${values.push(value)}`;
    const name = promptName === null ? null : bind(promptName);
    const dimension = columnDimension('prompt_mode');
    const parts = listParts({ dimension, measures: MEASURES, span }, bind);
    const named = name === null ? '' : `named AS (${selectIds(name)}), `;
    const ofPrompt = name === null ? '' : 'AND prompt_id = ANY ((SELECT ids FROM named)::uuid[])';
    const text = `
      WITH ${named}part (prompt_mode, ${MEASURES.join(', ')}) AS (
        ${parts.map(({ sql }) => `${sql} ${ofPrompt}`).join('\n        UNION ALL ')}
      ), counted AS (
        SELECT prompt_mode, sum(executions) AS executions, sum(latency_count) AS latencies, sum(latency_sum_ms) AS latency,
          CASE WHEN sum(prompt_tokens_count) > 0 THEN sum(prompt_tokens_sum) END AS prompt_tokens,
          CASE WHEN sum(response_tokens_count) > 0 THEN sum(response_tokens_sum) END AS response_tokens
        FROM part GROUP BY prompt_mode
      ), live AS (
        SELECT mode, count(*) AS prompts FROM prompts
        WHERE project_id = $1 AND deleted_at IS NULL ${name === null ? '' : `AND name = ${name}`} GROUP BY mode
      )
      SELECT mode, coalesce(prompts, 0)::float8 AS "promptCount", coalesce(executions, 0)::float8 AS executions,
        coalesce(latencies, 0)::float8 AS "latencyCount", coalesce(latency, 0)::float8 AS "latencySumMs",
        prompt_tokens::float8 AS "promptTokens", response_tokens::float8 AS "responseTokens"
      FROM (VALUES ('full'), ('tracking')) AS modes (mode)
      LEFT JOIN live USING (mode) LEFT JOIN counted ON prompt_mode = mode`;
    // Prepared, because planning takes longer than running.
    const statement = {
      name: `count ${describeShape(parts)}${name === null ? '' : ' prompt'}`,
      text,
      values,
    };
    return this.scope.statement<ModeCounts & Record<string, unknown>>(projectId, statement);
  }

  /** Counts the executions of a prompt, by version. */
  async byVersion(projectId: string, promptId: string): Promise<Map<string, number>> {
    const statement = { name: 'count-by-version', text: OF_VERSIONS, values: [projectId, promptId] };
    const rows = await this.scope.statement<{ versionId: string; executions: number }>(projectId, statement);
    return new Map(rows.map(({ versionId, executions }) => [versionId, executions]));
  }

  /** Moves up to `most` deltas into the rollups. @returns how many; also 0 while another process does it. */
  async fold(most: number): Promise<number> {
    const [row] = await this.scope.system<{ folded: number }>('SELECT ledger_fold_executions($1) AS folded', [
      most,
    ]);
    return row?.folded ?? 0;
  }
}
