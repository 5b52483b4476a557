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
const ID_SLACK_MS = 60_000;

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
    const parts = span === null ? ALL_TIME : partsOf(span, bind);
    const named = name === null ? '' : `named AS (${idsOf(name)}), `;
    const ofPrompt = name === null ? '' : 'AND prompt_id = ANY ((SELECT ids FROM named)::uuid[])';
    const text = `
      WITH ${named}part (prompt_mode, ${MEASURES}) AS (
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
    // Kept prepared, since planning takes longer than running. The text is another only where the parts are others.
    const shape = parts.map(({ source }) => source).join(' ');
    const statement = { name: `count ${shape}${name === null ? '' : ' prompt'}`, text, values };
    return this.scope.statement<ModeCounts & Record<string, unknown>>(projectId, statement);
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

/** One of the selects that are added up; it ends in a condition, to which others may be added. */
interface Part {
  readonly source: 'all' | 'day' | 'hour' | 'delta' | 'edge';
  readonly sql: string;
}

type Bind = (value: unknown) => string;

const ALL_TIME = [rollups('all', `period = '-infinity'`), deltas('true')];

function partsOf(span: TimeSpan, bind: Bind): Part[] {
  const { days, hours, wholeHours, edges } = splitSpan(span);
  const within = (column: string, { startMs, endMs }: TimeSpan) =>
    `${column} >= ${timeSql(startMs, bind)} AND ${column} < ${timeSql(endMs, bind)}`;
  const parts = [
    ...days.map((part) => rollups('day', within('period', part))),
    ...hours.map((part) => rollups('hour', within('period', part))),
    ...wholeHours.map((part) => deltas(within('hour', part))),
    ...edges.map((part) => executions(`${within('created_at', part)} AND ${idWithin(part, bind)}`)),
  ];
  // An empty span has no parts, and there must be one.
  return parts.length === 0 ? [deltas('false')] : parts;
}

function rollups(grain: 'all' | 'day' | 'hour', condition: string): Part {
  const sql = `SELECT prompt_mode, ${MEASURES} FROM execution_rollups
        WHERE project_id = $1 AND grain = '${grain}' AND ${condition}`;
  return { source: grain, sql };
}

function deltas(condition: string): Part {
  const sql = `SELECT prompt_mode, ${MEASURES} FROM execution_deltas WHERE project_id = $1 AND ${condition}`;
  return { source: 'delta', sql };
}

function executions(condition: string): Part {
  const sql = `SELECT prompt_mode, ${OF_EXECUTION} FROM executions
        WHERE project_id = $1 AND status IN ('succeeded', 'failed', 'canceled') AND ${condition}`;
  return { source: 'edge', sql };
}

/** With bounds that are constants to the planner, which then looks at few partitions: `timestamptz - interval` is none. */
function idWithin({ startMs, endMs }: TimeSpan, bind: Bind): string {
  const floor = (ms: number) => `ledger_uuid7_floor(${timeSql(ms, bind)})`;
  return `execution_id >= ${floor(startMs - ID_SLACK_MS)} AND execution_id < ${floor(endMs + ID_SLACK_MS)}`;
}

function idsOf(name: string): string {
  return `SELECT array_agg(prompt_id) AS ids FROM prompts WHERE project_id = $1 AND name = ${name}`;
}

/** By seconds, since years before 1 and after 9999 have no text; infinities are open ends. */
function timeSql(ms: number, bind: Bind): string {
  return `to_timestamp(${bind(ms / 1000)}::float8)`;
}
