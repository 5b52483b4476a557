import { splitSpan, type TimeSpan } from '../time-spans.js';

export interface CountFilter {
  /** Includes deleted prompts of that name. */
  readonly promptName: string | null;
  /** Filters by the time of creation. Null means all time. */
  readonly span: TimeSpan | null;
}

const summed = (column: string) => ({
  [`${column}_count`]: `CASE WHEN ${column} IS NOT NULL THEN 1 ELSE 0 END`,
  [`${column}_sum`]: `coalesce(${column}, 0)`,
});

/** The stored sums, and what one execution adds to each. */
const OF_EXECUTION: Readonly<Record<string, string>> = {
  executions: '1',
  latency_count: `CASE WHEN status = 'succeeded' AND latency_ms IS NOT NULL THEN 1 ELSE 0 END`,
  latency_sum_ms: `CASE WHEN status = 'succeeded' THEN coalesce(latency_ms, 0) ELSE 0 END`,
  ...summed('prompt_tokens'),
  ...summed('response_tokens'),
  ...summed('cached_prompt_tokens'),
  ...summed('reasoning_tokens'),
  cost_count: 'CASE WHEN cost_pico_usd IS NOT NULL THEN 1 ELSE 0 END',
  cost_sum_pico_usd: 'coalesce(cost_pico_usd, 0)::numeric',
};

/** The placeholder in the counts for a missing id. */
export const NO_ID = '00000000-0000-0000-0000-000000000000';

/** The SQL of a grouping: for rollups, for deltas, and for an execution. */
export interface Dimension {
  readonly ofRollup: string;
  readonly ofDelta: string;
  readonly ofExecution: string;
}

/** Returns a dimension with its own column in the counts, where `none` stands for NULL. */
export function columnDimension(column: string, none?: string): Dimension {
  const ofExecution = none === undefined ? column : `coalesce(${column}, ${none})`;
  return { ofRollup: column, ofDelta: column, ofExecution };
}

/** The executions to count. */
export interface Selection {
  readonly dimension: Dimension;
  readonly measures: readonly string[];
  /** Null: all time, from the all-time counts, which are not split by day. */
  readonly span: TimeSpan | null;
}

/** One of the selects to add up. It ends in a condition that can be extended. */
export interface Part {
  readonly source: 'all' | 'day' | 'hour' | 'delta' | 'edge';
  readonly sql: string;
}

export type Bind = (value: unknown) => string;

/** An id is created within seconds of `created_at`, so it bounds the partitions and rows to read. */
const ID_SLACK_MS = 60_000;

/**
 * Lists the selects over rollups and unfolded deltas. Read in one statement they include every execution once, even during a fold. Each
 * returns the dimension and then the measures; `$1` is the project.
 */
export function listParts(selection: Selection, bind: Bind): Part[] {
  const { span } = selection;
  if (span === null) return [rollups(selection, 'all', `period = '-infinity'`), deltas(selection, 'true')];
  const { days, hours, wholeHours, edges } = splitSpan(span);
  const within = (column: string, { startMs, endMs }: TimeSpan) =>
    `${column} >= ${timeSql(startMs, bind)} AND ${column} < ${timeSql(endMs, bind)}`;
  const parts = [
    ...days.map((part) => rollups(selection, 'day', within('period', part))),
    ...hours.map((part) => rollups(selection, 'hour', within('period', part))),
    ...wholeHours.map((part) => deltas(selection, within('hour', part))),
    ...edges.map((part) =>
      executions(selection, `${within('created_at', part)} AND ${idWithin(part, bind)}`),
    ),
  ];
  // An empty span has no parts, but at least one is required.
  return parts.length === 0 ? [deltas(selection, 'false')] : parts;
}

/** Names the text of {@link listParts}, which depends only on the sources of the parts. */
export function describeShape(parts: readonly Part[]): string {
  return parts.map(({ source }) => source).join(' ');
}

export function selectIds(name: string): string {
  return `SELECT array_agg(prompt_id) AS ids FROM prompts WHERE project_id = $1 AND name = ${name}`;
}

function rollups({ dimension, measures }: Selection, grain: 'all' | 'day' | 'hour', condition: string): Part {
  const sql = `SELECT ${dimension.ofRollup}, ${measures.join(', ')} FROM execution_rollups
        WHERE project_id = $1 AND grain = '${grain}' AND ${condition}`;
  return { source: grain, sql };
}

function deltas({ dimension, measures }: Selection, condition: string): Part {
  const sql = `SELECT ${dimension.ofDelta}, ${measures.join(', ')} FROM execution_deltas WHERE project_id = $1 AND ${condition}`;
  return { source: 'delta', sql };
}

function executions({ dimension, measures }: Selection, condition: string): Part {
  const values = measures.map((measure) => OF_EXECUTION[measure]).join(', ');
  const sql = `SELECT ${dimension.ofExecution}, ${values} FROM executions
        WHERE project_id = $1 AND status IN ('succeeded', 'failed', 'canceled') AND ${condition}`;
  return { source: 'edge', sql };
}

/** Uses bounds that are constants for the planner, so that it prunes partitions. `timestamptz - interval` is not one. */
function idWithin({ startMs, endMs }: TimeSpan, bind: Bind): string {
  const floor = (ms: number) => `ledger_uuid7_floor(${timeSql(ms, bind)})`;
  return `execution_id >= ${floor(startMs - ID_SLACK_MS)} AND execution_id < ${floor(endMs + ID_SLACK_MS)}`;
}

/** Compares seconds, because years before 1 and after 9999 have no text form. Infinities are open ends. */
function timeSql(ms: number, bind: Bind): string {
  return `to_timestamp(${bind(ms / 1000)}::float8)`;
}
