import type { ExecutionStatus } from '../../entities/index.js';

export interface ExecutionFilter {
  /** The prompts of a name: several, when it was used again after a deletion. */
  readonly promptIds?: readonly string[] | undefined;
  readonly status?: ExecutionStatus | undefined;
  readonly environment?: string | undefined;
  readonly correlationId?: string | undefined;
  readonly batchId?: string | undefined;
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
  const isOver = filter.status === undefined || FINAL.includes(filter.status);
  const isInFlight = filter.status === undefined || !FINAL.includes(filter.status);
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
  readonly batchId: string | null;
  /** On the id and the time; they narrow a range of an index that ends in the id. */
  readonly range: readonly string[];
  readonly limit: string;
}

type Bind = (value: unknown) => string;

function bindFilter(filter: ExecutionFilter, bind: Bind): BoundFilter {
  const optional = (value: unknown, type: string) => (value === undefined ? null : `${bind(value)}::${type}`);
  return {
    promptIds: optional(filter.promptIds, 'uuid[]'),
    environment: optional(filter.environment, 'text'),
    status: filter.status ?? null,
    correlationId: optional(filter.correlationId, 'text'),
    batchId: optional(filter.batchId, 'uuid'),
    range: [
      ...timeConditions(filter, bind),
      ...(filter.beforeId === undefined ? [] : [`e.execution_id < ${bind(filter.beforeId)}::uuid`]),
    ],
    limit: bind(filter.limit),
  };
}

function shapeOf(filter: ExecutionFilter): string {
  const given = Object.entries(filter).filter(([name, value]) => value !== undefined && name !== 'limit');
  return `${given.map(([name]) => name).join(' ')} ${filter.status ?? ''}`.trim();
}

const SHOWN = `e.execution_id, e.status, e.execution_mode, e.prompt_id, e.version_id, e.model_id, e.environment, e.route_name,
        e.correlation_id, e.batch_id, e.created_at, e.started_at`;
const OVER = `${SHOWN}, e.origin, e.finish_reason, e.prompt_tokens, e.response_tokens, e.latency_ms, e.cached_prompt_tokens,
        e.reasoning_tokens, e.first_token_ms, e.cost_pico_usd, e.price_id, e.cache_hit, e.cached_from, e.error_type, e.completed_at`;
const IN_FLIGHT = `${SHOWN}, 'ledger' AS origin, NULL::text AS finish_reason, NULL::integer AS prompt_tokens,
        NULL::integer AS response_tokens, NULL::integer AS latency_ms, NULL::integer AS cached_prompt_tokens,
        NULL::integer AS reasoning_tokens, NULL::integer AS first_token_ms, NULL::bigint AS cost_pico_usd, NULL::uuid AS price_id,
        false AS cache_hit, NULL::uuid AS cached_from, NULL::text AS error_type, NULL::timestamptz AS completed_at`;

/** The small table: what matches is gathered, then sorted, so that the index of leases serves `running`. */
function inFlight({
  promptIds,
  environment,
  status,
  correlationId,
  batchId,
  range,
  limit,
}: BoundFilter): string {
  const conditions = [
    'e.project_id = $1',
    ...(promptIds === null ? [] : [`e.prompt_id = ANY (${promptIds})`]),
    ...(environment === null ? [] : [`e.environment = ${environment}`]),
    // Not a parameter: the index of what runs, or waits, is a partial one.
    ...(status === null ? [] : [`e.status = '${status}'`]),
    ...(correlationId === null ? [] : [`e.correlation_id = ${correlationId}`]),
    ...(batchId === null ? [] : [`e.batch_id = ${batchId}`]),
    ...range,
  ].join(' AND ');
  return `in_flight AS (
      SELECT ${IN_FLIGHT} FROM executions_in_flight e WHERE ${conditions} ORDER BY e.execution_id DESC LIMIT ${limit}
    )`;
}

function over(filter: BoundFilter): string[] {
  const { promptIds, environment, status, correlationId, batchId, range, limit } = filter;
  const page = (conditions: readonly string[]) =>
    `SELECT ${OVER} FROM executions e WHERE ${['e.project_id = $1', ...conditions, ...range].join(' AND ')}
        ORDER BY e.execution_id DESC ${conditions.length === 0 ? '' : 'NULLS LAST'} LIMIT ${limit}`;
  if (correlationId !== null || batchId !== null) {
    // Few have one of these; the other filters are looked at row by row.
    return [
      `over AS (${page([
        ...(correlationId === null ? [] : [`e.correlation_id = ${correlationId}`]),
        ...(batchId === null ? [] : [`e.batch_id = ${batchId}`]),
        ...(promptIds === null ? [] : [`e.prompt_id = ANY (${promptIds})`]),
        ...(environment === null ? [] : [`e.environment = ${environment}`]),
        ...(status === null ? [] : [`e.status = '${status}'`]),
      ])})`,
    ];
  }
  if (promptIds === null && environment === null && status === null) return [`over AS (${page([])})`];
  const [ofPrompt, collation] =
    promptIds === null ? ['', 'COLLATE "C"'] : ['AND e.prompt_id = g.prompt_id', ''];
  const statuses = `(VALUES ${(status === null ? FINAL : [status]).map((name) => `('${name}')`).join(', ')})`;
  return [
    rangesOf(promptIds, environment),
    `over AS (
      SELECT found.* FROM ranges g CROSS JOIN ${statuses} AS s(status) CROSS JOIN LATERAL (
        ${page([`e.environment ${collation} = g.environment ${ofPrompt}`, `e.status ${collation} = s.status`])}) AS found
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

/**
 * Times are compared as such, and the id bounds the partitions that are looked at. An id is made after its
 * transaction began, which is `created_at`, but not a minute after.
 */
function timeConditions(filter: ExecutionFilter, bind: Bind): string[] {
  const conditions: string[] = [];
  if (filter.createdAfter !== undefined) {
    const after = bind(filter.createdAfter);
    conditions.push(
      `e.created_at > ${after} AND e.execution_id >= ledger_uuid7_floor(${after}::timestamptz)`,
    );
  }
  if (filter.createdBefore !== undefined) {
    const before = bind(filter.createdBefore);
    conditions.push(
      `e.created_at < ${before} AND e.execution_id < ledger_uuid7_floor(${before}::timestamptz + interval '1 minute')`,
    );
  }
  return conditions;
}
