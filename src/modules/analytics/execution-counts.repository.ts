import { Injectable } from '@nestjs/common';
import type { PromptMode } from '../../entities/index.js';
import { TenantScope } from '../../infra/database/index.js';
import { splitSpan, type TimeSpan } from './time-spans.js';

export interface CountFilter {
  /** Of deleted prompts of that name too. */
  readonly promptName: string | null;
  /** By the time they were created. Null: ever. */
  readonly span: TimeSpan | null;
}

/** Final executions of prompts that were in this mode then, and how many prompts are in it now. */
export interface ModeCounts {
  readonly mode: PromptMode;
  readonly promptCount: number;
  readonly executions: number;
  /** Of the succeeded ones whose latency is known. */
  readonly latencyCount: number;
  readonly latencySumMs: number;
  /** Null when no provider said how many. */
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
].join(', ');

/** What one execution adds to the measures. */
const OF_EXECUTION = `1, CASE WHEN status = 'succeeded' AND latency_ms IS NOT NULL THEN 1 ELSE 0 END,
    CASE WHEN status = 'succeeded' THEN coalesce(latency_ms, 0) ELSE 0 END,
    CASE WHEN prompt_tokens IS NOT NULL THEN 1 ELSE 0 END, coalesce(prompt_tokens, 0),
    CASE WHEN response_tokens IS NOT NULL THEN 1 ELSE 0 END, coalesce(response_tokens, 0)`;

/** An id is made within seconds of `created_at`; it bounds the partitions and the rows that are looked at. */
const ID_SLACK = `interval '1 minute'`;

const OF_VERSIONS = `SELECT version_id AS "versionId", sum(executions)::float8 AS executions FROM (
    SELECT version_id, executions FROM execution_rollups
    WHERE project_id = $1 AND grain = 'all' AND period = '-infinity' AND prompt_id = $2
    UNION ALL
    SELECT version_id, executions FROM execution_deltas WHERE project_id = $1 AND prompt_id = $2
  ) AS counted GROUP BY version_id`;

/**
 * The counts: rollups, and on top of them what has not been folded yet. Each read is one statement, so that it sees
 * every execution once, whether a fold comes in between or not.
 */
@Injectable()
export class ExecutionCountsRepository {
  constructor(private readonly scope: TenantScope) {}

  /** Both modes, always. */
  async byMode(projectId: string, { promptName, span }: CountFilter): Promise<ModeCounts[]> {
    const values: unknown[] = [projectId];
    const bind = (value: unknown) => `$${values.push(value)}`;
    const name = promptName === null ? null : bind(promptName);
    const ofPrompt =
      name === null
        ? ''
        : `AND prompt_id IN (SELECT prompt_id FROM prompts WHERE project_id = $1 AND name = ${name})`;
    const parts = span === null ? allTime() : partsOf(span, bind);
    const text = `
      WITH part (prompt_mode, ${MEASURES}) AS (
        ${parts.map((part) => `${part} ${ofPrompt}`).join('\n        UNION ALL ')}
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
    return this.scope.statement<ModeCounts & Record<string, unknown>>(projectId, { text, values });
  }

  /** Those of a prompt. */
  async byVersion(projectId: string, promptId: string): Promise<Map<string, number>> {
    const statement = { name: 'count-by-version', text: OF_VERSIONS, values: [projectId, promptId] };
    const rows = await this.scope.statement<{ versionId: string; executions: number }>(projectId, statement);
    return new Map(rows.map(({ versionId, executions }) => [versionId, executions]));
  }

  /** Moves up to `most` deltas into the rollups. @returns how many; 0 also while another process is at it. */
  async fold(most: number): Promise<number> {
    const [row] = await this.scope.system<{ folded: number }>('SELECT ledger_fold_executions($1) AS folded', [
      most,
    ]);
    return row?.folded ?? 0;
  }
}

/** Selects, each of which ends in a condition. */
function allTime(): string[] {
  return [rollups(`grain = 'all' AND period = '-infinity'`), deltas('true')];
}

function partsOf(span: TimeSpan, bind: (value: unknown) => string): string[] {
  const { days, hours, wholeHours, edges } = splitSpan(span);
  const within = (column: string, { startMs, endMs }: TimeSpan) =>
    `${column} >= ${bind(sqlTime(startMs))}::timestamptz AND ${column} < ${bind(sqlTime(endMs))}::timestamptz`;
  const parts = [
    ...days.map((part) => rollups(`grain = 'day' AND ${within('period', part)}`)),
    ...hours.map((part) => rollups(`grain = 'hour' AND ${within('period', part)}`)),
    ...wholeHours.map((part) => deltas(within('hour', part))),
    ...edges.map((part) => executions(part, within('created_at', part), bind)),
  ];
  // An empty span has no parts, and a UNION needs one.
  return parts.length === 0 ? [deltas('false')] : parts;
}

function rollups(condition: string): string {
  return `SELECT prompt_mode, ${MEASURES} FROM execution_rollups WHERE project_id = $1 AND ${condition}`;
}

function deltas(condition: string): string {
  return `SELECT prompt_mode, ${MEASURES} FROM execution_deltas WHERE project_id = $1 AND ${condition}`;
}

function executions(
  { startMs, endMs }: TimeSpan,
  condition: string,
  bind: (value: unknown) => string,
): string {
  const floor = (ms: number, slack: string) =>
    `ledger_uuid7_floor(${bind(sqlTime(ms))}::timestamptz ${slack} ${ID_SLACK})`;
  return `SELECT prompt_mode, ${OF_EXECUTION} FROM executions
    WHERE project_id = $1 AND status IN ('succeeded', 'failed', 'canceled') AND ${condition}
      AND execution_id >= ${floor(startMs, '-')} AND execution_id < ${floor(endMs, '+')}`;
}

function sqlTime(ms: number): string {
  if (Number.isFinite(ms)) return new Date(ms).toISOString();
  return ms < 0 ? '-infinity' : 'infinity';
}
