import type { ExecutionStatus } from '../../../entities/index.js';
import { bindFilter, type BoundFilter, everyCondition, type ExecutionFilter } from './bound-filter.js';

/** A statement whose name is the same for every filter of its shape. */
export interface ListStatement {
  readonly name: string;
  readonly text: string;
  readonly values: unknown[];
}

const FINAL: readonly ExecutionStatus[] = ['succeeded', 'failed', 'canceled'];

/**
 * Lists a page of executions by id, newest first, because ids carry the time. The page is taken before anything is joined to
 * it, first from the executions in flight and those over, each with an order and a limit of its own.
 *
 * Executions that are over are found by two indexes, whose columns are every filter and then the id. A filter that is left out
 * stands for all of its values: the few environments are found by one index step each, and there are three statuses. So each
 * combination is a range that is already in order, and a page costs the same at any size and depth, whether thousands of rows
 * match or none. Each range asks for an order that only the right index has, because without statistics Postgres cannot tell
 * the indexes apart.
 * @param facts the columns to select of an execution `e` and the `p`, `v`, `m` that belong to it.
 */
export function listExecutions(projectId: string, filter: ExecutionFilter, facts: string): ListStatement {
  const values: unknown[] = [projectId];
  const bind = (value: unknown) => `$${values.push(value)}`;
  const bound = bindFilter(filter, bind);
  // Only answers of final executions are checked.
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
  return { name: `list ${describeShape(filter)}`, text, values };
}

function describeShape(filter: ExecutionFilter): string {
  const given = Object.entries(filter).filter(([name, value]) => value !== undefined && name !== 'limit');
  // These values decide which index the list walks.
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

/** Selects from the small table. Matches are gathered and then sorted, so that the index of leases serves `running`. */
function inFlight(filter: BoundFilter): string {
  const conditions = ['e.project_id = $1', ...everyCondition(filter, 'in_flight')].join(' AND ');
  return `in_flight AS (
      SELECT ${IN_FLIGHT} FROM executions_in_flight e WHERE ${conditions} ORDER BY e.execution_id DESC LIMIT ${filter.limit}
    )`;
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
  // Few executions match one of these, so the other filters are checked row by row.
  if (correlationId !== null || batchId !== null) {
    return [`over AS (${page(everyCondition(filter, 'over'), 'NULLS LAST')})`];
  }
  if (metadata !== null && !filter.isBroken) return overByMetadata(filter, metadata);
  if (filter.rollout !== null && !filter.isBroken) return overByArm(filter, filter.rollout);
  if (outputValid !== null) return overByVerdict(filter, outputValid);
  const range = [...times, ...idRange('e')];
  if (promptIds === null && environment === null && status === null) return [`over AS (${page(range, '')})`];
  const [ofPrompt, collation] =
    promptIds === null ? ['', 'COLLATE "C"'] : ['AND e.prompt_id = g.prompt_id', ''];
  return [
    selectRanges(promptIds, environment),
    `over AS (
      SELECT found.* FROM ranges g CROSS JOIN ${listStatuses(filter)} AS s(status) CROSS JOIN LATERAL (
        ${page([`e.environment ${collation} = g.environment ${ofPrompt}`, `e.status ${collation} = s.status`, ...range], 'NULLS LAST')}) AS found
      WHERE g.environment IS NOT NULL
      ORDER BY found.execution_id DESC LIMIT ${limit}
    )`,
  ];
}

/** Lists every prompt and environment that a list covers, with one row for each range. */
function selectRanges(promptIds: string | null, environment: string | null): string {
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

/** The number of executions probed for each pair. The further back they reach, the rarer the pair. */
const PROBED = 100;

/**
 * Walks the executions that have the rarest of the pairs, newest first, and checks the rest of the filter row by row. The
 * choice of the pair decides between reading a page and reading all executions of a large customer. The rarest pair is the one
 * whose newest executions reach furthest back, or that has fewer than are probed.
 */
function overByMetadata(filter: BoundFilter, metadata: string): string[] {
  const withPair = (key: string, value: string) =>
    ['t.project_id = $1', `t.key = ${key}`, `t.value = ${value}`, ...filter.idRange('t')].join(' AND ');
  // A single pair is the rarest without a probe.
  const hasSeveral = `(SELECT count(*) FROM jsonb_object_keys(${metadata})) > 1`;
  return [
    `rarest AS MATERIALIZED (
      SELECT w.key, w.value FROM jsonb_each_text(${metadata}) AS w
      ORDER BY CASE WHEN ${hasSeveral} THEN (
        SELECT t.execution_id FROM execution_metadata t WHERE ${withPair('w.key', 'w.value')}
        ORDER BY t.execution_id DESC OFFSET ${PROBED - 1} LIMIT 1) END NULLS FIRST
      LIMIT 1
    )`,
    // A sub-select for the pair keeps the order of the index, which a join would not. A limit that the planner cannot read makes it expect
    // to be stopped early. Without one, PostgreSQL 15 gathers and sorts all rows with the pair once it has statistics.
    `over AS (
      SELECT ${OVER} FROM (
        SELECT t.execution_id FROM execution_metadata t
        WHERE ${withPair('(SELECT r.key FROM rarest r)', '(SELECT r.value FROM rarest r)')}
        ORDER BY t.execution_id DESC LIMIT (SELECT ${EVERY_ROW})) AS t
      CROSS JOIN LATERAL (SELECT * FROM executions e WHERE e.project_id = $1 AND e.execution_id = t.execution_id OFFSET 0) AS e
      WHERE ${everyCondition(filter, 'over').join(' AND ')}
      ORDER BY t.execution_id DESC LIMIT ${filter.limit}
    )`,
  ];
}

/** Reads one range for each arm and status, each in the order of the page, and checks the rest of the filter row by row. */
function overByArm(filter: BoundFilter, { id, arm }: NonNullable<BoundFilter['rollout']>): string[] {
  const arms = arm === null ? `(VALUES ('control'), ('candidate'))` : `(VALUES (${arm}))`;
  const conditions = [
    'e.project_id = $1',
    `e.rollout_id = ${id}`,
    'e.rollout_arm = a.arm',
    'e.status = s.status',
    ...everyCondition({ ...filter, rollout: null, status: null }, 'over'),
  ];
  return [
    `over AS (
      SELECT found.* FROM ${arms} AS a(arm) CROSS JOIN ${listStatuses(filter)} AS s(status) CROSS JOIN LATERAL (
        SELECT ${OVER} FROM executions e WHERE ${conditions.join(' AND ')}
        ORDER BY e.execution_id DESC NULLS LAST LIMIT ${filter.limit}) AS found
      ORDER BY found.execution_id DESC LIMIT ${filter.limit}
    )`,
  ];
}

/** Returns the statuses that a list covers, as rows. */
function listStatuses({ status }: BoundFilter): string {
  const names = status === null ? FINAL : [status];
  return `(VALUES ${names.map((name) => `('${name}')`).join(', ')})`;
}

/**
 * Walks the executions with a verdict in the index of verdicts alone, newest first, and checks the rest row by row. The verdict
 * is a sub-select, because Postgres turns a known one into `NOT output_valid`, which it does not match with that index.
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
      WHERE ${everyCondition(filter, 'over').join(' AND ')}
      ORDER BY t.execution_id DESC NULLS LAST LIMIT ${filter.limit}
    )`,
  ];
}
