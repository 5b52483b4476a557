import type { ExecutionStatus } from '../../../entities/index.js';
import type { ExecutionMetadata } from '../wire/execution-metadata.js';
import { conditionsWithoutIndex, type UnindexedFilter } from './list-conditions.js';

export interface ExecutionFilter extends UnindexedFilter {
  /** Whether they are over. */
  readonly isFinal?: boolean | undefined;
  readonly status?: ExecutionStatus | undefined;
  readonly environment?: string | undefined;
  readonly correlationId?: string | undefined;
  /** Pairs that an execution has, all of them; not empty. */
  readonly metadata?: ExecutionMetadata | undefined;
  readonly batchId?: string | undefined;
  /** Whether the answer fits its schema; of those that were checked. */
  readonly outputValid?: boolean | undefined;
  readonly createdAfter?: Date | undefined;
  readonly createdBefore?: Date | undefined;
  /** Only older ones than this. */
  readonly beforeId?: string | undefined;
  readonly limit: number;
}

/** A statement, with a name that is the same for every filter of its shape. */
export interface ListStatement {
  readonly name: string;
  readonly text: string;
  readonly values: unknown[];
}

const FINAL: readonly ExecutionStatus[] = ['succeeded', 'failed', 'canceled'];

/**
 * A page of executions, newest first, by id: ids carry the time. The page is taken before anything is joined to it, first from
 * what is in flight and from what is over, each with an order and a limit of its own.
 *
 * What is over is found by two indexes, whose columns are every filter and then the id. A filter that is left out is every value
 * that there is: environments are few and are found by one step in the index each, statuses are three. So each combination is a
 * range that is already in order, whether thousands of rows match or none: a page costs the same at any size and depth. Each
 * range asks for an order that only the right index has, since without statistics Postgres cannot tell them apart.
 * @param facts what is selected of an execution `e` and the `p`, `v`, `m` that belong to it.
 */
export function listExecutions(projectId: string, filter: ExecutionFilter, facts: string): ListStatement {
  const values: unknown[] = [projectId];
  const bind = (value: unknown) => `$${values.push(value)}`;
  const bound = bindFilter(filter, bind);
  // Only what is over was checked.
  const isChecked = filter.outputValid !== undefined;
  const isOver =
    filter.isFinal !== false && (isChecked || filter.status === undefined || FINAL.includes(filter.status));
  const isInFlight =
    filter.isFinal !== true && !isChecked && (filter.status === undefined || !FINAL.includes(filter.status));
  const branches = [
    ...(isInFlight ? [`SELECT * FROM in_flight`] : []),
    ...(isOver ? [`SELECT * FROM over`] : []),
  ];
  const text = `
    WITH RECURSIVE ${[...(isInFlight ? [inFlight(bound)] : []), ...(isOver ? over(bound) : [])].join(', ')}, page AS MATERIALIZED (
      SELECT * FROM (${branches.join(' UNION ALL ')}) AS both_states ORDER BY execution_id DESC LIMIT ${bound.limit}
    )
    SELECT ${facts}
    FROM page e
    LEFT JOIN LATERAL (SELECT v.version_number, v.checksum_hash FROM prompt_versions v
      WHERE v.project_id = $1 AND v.version_id = e.version_id OFFSET 0) AS v ON true
    LEFT JOIN LATERAL (SELECT p.name FROM prompts p WHERE p.project_id = $1 AND p.prompt_id = e.prompt_id OFFSET 0) AS p ON true
    CROSS JOIN LATERAL (SELECT m.provider, m.model_name FROM models m
      WHERE m.project_id = $1 AND m.model_id = e.model_id OFFSET 0) AS m
    ORDER BY e.execution_id DESC`;
  return { name: `list ${shapeOf(filter)}`, text, values };
}

/** The filter as conditions on an execution `e`, with parameters in place of values. */
interface BoundFilter {
  readonly promptIds: string | null;
  readonly environment: string | null;
  readonly status: ExecutionStatus | null;
  readonly correlationId: string | null;
  /** The pairs, as `jsonb`. */
  readonly metadata: string | null;
  readonly batchId: string | null;
  readonly outputValid: string | null;
  /** Whether answers are looked for that break their schema, which are few. */
  readonly isBroken: boolean;
  /** On the time. */
  readonly times: readonly string[];
  /** On the id of a row; they narrow a range of an index that ends in the id. */
  readonly idRange: (row: string) => readonly string[];
  readonly limit: string;
}

type Bind = (value: unknown) => string;

function bindFilter(filter: ExecutionFilter, bind: Bind): BoundFilter {
  const { times, idRange } = bindRange(filter, bind);
  const optional = (value: unknown, type: string) => (value === undefined ? null : `${bind(value)}::${type}`);
  return {
    promptIds: optional(filter.promptIds, 'uuid[]'),
    environment: optional(filter.environment, 'text'),
    status: filter.status ?? null,
    correlationId: optional(filter.correlationId, 'text'),
    metadata: optional(filter.metadata && JSON.stringify(filter.metadata), 'jsonb'),
    batchId: optional(filter.batchId, 'uuid'),
    outputValid: optional(filter.outputValid, 'boolean'),
    isBroken: filter.outputValid === false,
    times: [...times, ...conditionsWithoutIndex(filter, bind)],
    idRange,
    limit: bind(filter.limit),
  };
}

function shapeOf(filter: ExecutionFilter): string {
  const given = Object.entries(filter).filter(([name, value]) => value !== undefined && name !== 'limit');
  // Which verdict it is decides what is walked.
  const said = [filter.status, filter.outputValid, filter.without, filter.isFinal]
    .filter((value) => value !== undefined)
    .map(String);
  return [...given.map(([name]) => name), ...said].join(' ');
}

const SHOWN = `e.execution_id, e.status, e.execution_mode, e.prompt_id, e.version_id, e.model_id, e.environment, e.resolved_by,
        e.route_name, e.correlation_id, e.metadata, e.rollout, e.batch_id, e.created_at, e.started_at`;
const OVER = `${SHOWN}, e.origin, e.finish_reason, e.prompt_tokens, e.response_tokens, e.latency_ms, e.cached_prompt_tokens,
        e.reasoning_tokens, e.first_token_ms, e.cost_pico_usd, e.price_id, e.cache_hit, e.cached_from, e.error_type, e.completed_at, e.content_erased_at,
        e.output_valid`;
const IN_FLIGHT = `${SHOWN}, 'ledger' AS origin, NULL::text AS finish_reason, NULL::integer AS prompt_tokens,
        NULL::integer AS response_tokens, NULL::integer AS latency_ms, NULL::integer AS cached_prompt_tokens,
        NULL::integer AS reasoning_tokens, NULL::integer AS first_token_ms, NULL::bigint AS cost_pico_usd, NULL::uuid AS price_id,
        false AS cache_hit, NULL::uuid AS cached_from, NULL::text AS error_type, NULL::timestamptz AS completed_at,
        NULL::timestamptz AS content_erased_at, NULL::boolean AS output_valid`;

/** The small table: what matches is gathered, then sorted, so that the index of leases serves `running`. */
function inFlight(filter: BoundFilter): string {
  const conditions = ['e.project_id = $1', ...everyCondition(filter)].join(' AND ');
  return `in_flight AS (
      SELECT ${IN_FLIGHT} FROM executions_in_flight e WHERE ${conditions} ORDER BY e.execution_id DESC LIMIT ${filter.limit}
    )`;
}

/** The whole filter on a row `e`, without its project. */
function everyCondition(filter: BoundFilter): string[] {
  const { promptIds, environment, status, correlationId, metadata, batchId, outputValid, times, idRange } =
    filter;
  return [
    ...(outputValid === null ? [] : [`e.output_valid = ${outputValid}`]),
    ...(correlationId === null ? [] : [`e.correlation_id = ${correlationId}`]),
    ...(batchId === null ? [] : [`e.batch_id = ${batchId}`]),
    ...(promptIds === null ? [] : [`e.prompt_id = ANY (${promptIds})`]),
    ...(environment === null ? [] : [`e.environment = ${environment}`]),
    // Not a parameter: the index of what runs, or waits, is a partial one.
    ...(status === null ? [] : [`e.status = '${status}'`]),
    ...(metadata === null ? [] : [`e.metadata::jsonb @> ${metadata}`]),
    ...times,
    ...idRange('e'),
  ];
}

function over(filter: BoundFilter): string[] {
  const {
    promptIds,
    environment,
    status,
    correlationId,
    metadata,
    batchId,
    outputValid,
    times,
    idRange,
    limit,
  } = filter;
  const page = (conditions: readonly string[], order: string) =>
    `SELECT ${OVER} FROM executions e WHERE ${['e.project_id = $1', ...conditions].join(' AND ')}
        ORDER BY e.execution_id DESC ${order} LIMIT ${limit}`;
  // Few have one of these; the other filters are looked at row by row.
  if (correlationId !== null || batchId !== null) {
    return [`over AS (${page(everyCondition(filter), 'NULLS LAST')})`];
  }
  if (metadata !== null && !filter.isBroken) return overByMetadata(filter, metadata);
  if (outputValid !== null) return overByVerdict(filter, outputValid);
  const range = [...times, ...idRange('e')];
  if (promptIds === null && environment === null && status === null) return [`over AS (${page(range, '')})`];
  const [ofPrompt, collation] =
    promptIds === null ? ['', 'COLLATE "C"'] : ['AND e.prompt_id = g.prompt_id', ''];
  const statuses = `(VALUES ${(status === null ? FINAL : [status]).map((name) => `('${name}')`).join(', ')})`;
  return [
    rangesOf(promptIds, environment),
    `over AS (
      SELECT found.* FROM ranges g CROSS JOIN ${statuses} AS s(status) CROSS JOIN LATERAL (
        ${page([`e.environment ${collation} = g.environment ${ofPrompt}`, `e.status ${collation} = s.status`, ...range], 'NULLS LAST')}) AS found
      WHERE g.environment IS NOT NULL
      ORDER BY found.execution_id DESC LIMIT ${limit}
    )`,
  ];
}

/** Every prompt and environment that a list looks at: one row for each range. */
function rangesOf(promptIds: string | null, environment: string | null): string {
  const prompts = promptIds === null ? '(VALUES (NULL::uuid))' : `unnest(${promptIds})`;
  if (environment !== null) {
    return `ranges AS (SELECT p.prompt_id, ${environment} AS environment FROM ${prompts} AS p(prompt_id))`;
  }
  const [column, ofPrompt] =
    promptIds === null
      ? ['e.environment COLLATE "C"', () => '']
      : ['e.environment', (prompt: string) => `AND e.prompt_id = ${prompt}`];
  const next = (after: string, prompt: string) => `(SELECT e.environment FROM executions e
          WHERE e.project_id = $1 ${ofPrompt(prompt)} ${after}
          ORDER BY ${column} LIMIT 1)`;
  return `ranges AS (
      SELECT p.prompt_id, ${next('', 'p.prompt_id')} AS environment FROM ${prompts} AS p(prompt_id)
      UNION ALL
      SELECT g.prompt_id, ${next(`AND ${column} > g.environment`, 'g.prompt_id')} FROM ranges g WHERE g.environment IS NOT NULL
    )`;
}

const EVERY_ROW = '9223372036854775807';

/** The number of executions probed for each pair: the further back they reach, the rarer the pair. */
const PROBED = 100;

/**
 * Goes through the executions that have the rarest of the pairs, newest first, and looks at the rest of the filter row by row.
 * Which pair that is decides between a page and all of a large customer's executions. The rarest is the one whose newest
 * executions reach furthest back, or that has fewer than are probed.
 */
function overByMetadata(filter: BoundFilter, metadata: string): string[] {
  const withPair = (key: string, value: string) =>
    ['t.project_id = $1', `t.key = ${key}`, `t.value = ${value}`, ...filter.idRange('t')].join(' AND ');
  // One pair alone is the rarest, and is not probed.
  const hasSeveral = `(SELECT count(*) FROM jsonb_object_keys(${metadata})) > 1`;
  return [
    `rarest AS MATERIALIZED (
      SELECT w.key, w.value FROM jsonb_each_text(${metadata}) AS w
      ORDER BY CASE WHEN ${hasSeveral} THEN (
        SELECT t.execution_id FROM execution_metadata t WHERE ${withPair('w.key', 'w.value')}
        ORDER BY t.execution_id DESC OFFSET ${PROBED - 1} LIMIT 1) END NULLS FIRST
      LIMIT 1
    )`,
    // The pair is a sub-select and no join, which would not keep the order of the index. A limit that the planner cannot read lets
    // it expect to be stopped early. Without one, PostgreSQL 15 gathers and sorts all that have the pair once it has statistics.
    `over AS (
      SELECT ${OVER} FROM (
        SELECT t.execution_id FROM execution_metadata t
        WHERE ${withPair('(SELECT r.key FROM rarest r)', '(SELECT r.value FROM rarest r)')}
        ORDER BY t.execution_id DESC LIMIT (SELECT ${EVERY_ROW})) AS t
      CROSS JOIN LATERAL (SELECT * FROM executions e WHERE e.project_id = $1 AND e.execution_id = t.execution_id OFFSET 0) AS e
      WHERE ${everyCondition(filter).join(' AND ')}
      ORDER BY t.execution_id DESC LIMIT ${filter.limit}
    )`,
  ];
}

/**
 * Goes through the executions with a verdict, newest first, in the index of verdicts alone, and looks at the rest row by row. The
 * verdict is a sub-select: Postgres makes `NOT output_valid` of a known one, which does not tell it that the index has the row.
 */
function overByVerdict(filter: BoundFilter, outputValid: string): string[] {
  const conditions = [
    't.project_id = $1',
    `t.output_valid = (SELECT ${outputValid})`,
    ...filter.idRange('t'),
  ];
  return [
    `over AS (
      SELECT ${OVER} FROM (
        SELECT t.execution_id FROM executions t WHERE ${conditions.join(' AND ')}
        ORDER BY t.execution_id DESC NULLS LAST LIMIT (SELECT ${EVERY_ROW})) AS t
      CROSS JOIN LATERAL (SELECT * FROM executions e WHERE e.project_id = $1 AND e.execution_id = t.execution_id OFFSET 0) AS e
      WHERE ${everyCondition(filter).join(' AND ')}
      ORDER BY t.execution_id DESC NULLS LAST LIMIT ${filter.limit}
    )`,
  ];
}

/**
 * Times are compared as such, and the id bounds the partitions that are looked at. An id is made after its
 * transaction began, which is `created_at`, but not a minute after.
 */
function bindRange(filter: ExecutionFilter, bind: Bind): Pick<BoundFilter, 'times' | 'idRange'> {
  const times: string[] = [];
  const ids: string[] = [];
  if (filter.createdAfter !== undefined) {
    const after = bind(filter.createdAfter);
    times.push(`e.created_at > ${after}`);
    ids.push(`>= ledger_uuid7_floor(${after}::timestamptz)`);
  }
  if (filter.createdBefore !== undefined) {
    const before = bind(filter.createdBefore);
    times.push(`e.created_at < ${before}`);
    ids.push(`< ledger_uuid7_floor(${before}::timestamptz + interval '1 minute')`);
  }
  if (filter.beforeId !== undefined) ids.push(`< ${bind(filter.beforeId)}::uuid`);
  return { times, idRange: (row) => ids.map((bound) => `${row}.execution_id ${bound}`) };
}
