import { countEnded, COUNTED_COLUMNS } from '../counts.js';
import { announceEnded, ANNOUNCED_COLUMNS, DUTIES } from '../duties.js';
import { ASKED } from './executions.js';
import { listColumns, HOT, recordset } from '../statements.js';

/** The entry of an execution that begins, whichever way it is asked for. */
const PLAIN_ENTRY = {
  project_id: 'uuid',
  execution_id: 'uuid',
  prompt_id: 'uuid',
  /** The revision of the prompt that the request was prepared with; null when the prompt was read after the request arrived. */
  prompt_revision: 'bigint',
  version_id: 'uuid',
  model_id: 'uuid',
  prompt_mode: 'text',
  environment: 'text',
  execution_mode: 'text',
  status: 'text',
  route_name: 'text',
  targets: 'text',
  correlation_id: 'text',
  temperature: 'double precision',
  top_k: 'integer',
  top_p: 'double precision',
  repetition_penalty: 'double precision',
  max_new_tokens: 'integer',
  further_params: 'text',
  timeout_ms: 'integer',
  max_attempts: 'integer',
  on_unknown: 'text',
  on_budget: 'text',
  streamed: 'boolean',
  callback_url: 'text',
  batch_id: 'uuid',
  resolved_by: 'text',
  requested_by: 'text',
  key_id: 'uuid',
  created_at: 'timestamptz',
  lease_ms: 'integer',
  variables_json: 'text',
  rendered_prompt: 'text',
  rendered_messages: 'text',
  extras: 'text',
} as const;

/** An entry of `ledger_begin_plain`: `queued` or `running`, without an idempotency key. */
export const BEGIN_PLAIN_ENTRY = PLAIN_ENTRY;

/** `ledger_begin` takes entries of every kind. */
export const BEGIN_ENTRY = {
  ...PLAIN_ENTRY,
  /** The order in which the requests arrived: the first one gets what is left of a nearly spent budget. */
  arrival: 'bigint',
  /** The most that the first call may cost: the price of the prompt, the price per token of the answer, and the token limit. */
  hold_input_pico_usd: 'numeric',
  hold_output_pico_usd: 'numeric',
  hold_tokens: 'integer',
  route: 'text',
  key: 'text',
  fingerprint: 'text',
  key_ttl_ms: 'double precision',
  /** The answer to a repeated key, where it is known beforehand. */
  answer_status: 'integer',
  answer_headers: 'json',
  answer_body: 'text',
  /** Set when the execution is refused before any call and is kept only for the record. */
  error_type: 'text',
  error_message: 'text',
  /** The execution whose answer this one gets without a call. */
  cached_from: 'uuid',
  completed_at: 'timestamptz',
} as const;

/** The columns that fill the row in flight; the others have defaults. */
const FROM_ENTRY = ASKED.filter(
  (name) => !['owner_team', 'max_new_tokens', 'targets', 'trace_id', 'span_id', 'started_at'].includes(name),
);

const FLIGHT_COLUMNS = `project_id, execution_id, status, fence, attempt, attempt_started_at, due_at, lease_until, duties,
      owner_team, max_new_tokens, targets, started_at, ${FROM_ENTRY.join(', ')}`;

/** `queued`: due at once. `running`: the first attempt starts now. */
const flightValues = (maxNewTokens: string, duties: string) => `project_id, execution_id, status,
      CASE status WHEN 'running' THEN 1 ELSE 0 END,
      CASE status WHEN 'running' THEN 1 ELSE 0 END,
      CASE status WHEN 'running' THEN clock_timestamp() END,
      CASE status WHEN 'queued' THEN now() END,
      CASE status WHEN 'running' THEN now() + make_interval(secs => lease_ms / 1000.0) END,
      ${duties},
      owner_team, ${maxNewTokens}, targets::json, CASE status WHEN 'running' THEN created_at END, ${FROM_ENTRY.join(', ')}`;

const INPUT_COLUMNS = 'project_id, execution_id, variables_json, rendered_prompt, rendered_messages, extras';
const INPUT_VALUES =
  'project_id, execution_id, variables_json::json, rendered_prompt, rendered_messages::json, extras::json';

const CALLBACK_DUTY = `CASE WHEN callback_url IS NULL THEN 0 ELSE ${DUTIES.callback} END`;

/** The current prompt of each entry. A bare call has none. */
const WITH_PROMPT = `entry LEFT JOIN LATERAL (
      SELECT p.owner_team, p.name AS prompt_name, p.registry_revision FROM prompts p
      WHERE p.project_id = entry.project_id AND p.prompt_id = entry.prompt_id
      OFFSET 0) AS p ON true`;

export const IS_CURRENT =
  '(entry.prompt_revision IS NULL OR coalesce(p.registry_revision = entry.prompt_revision, false))';

/**
 * Begins executions that need neither an idempotency key nor a hold. The input is inserted first and decides: an entry that is sent again
 * after a lost answer finds its input, and adds no second row in flight, even when the first has ended.
 * @returns what was not begun, as JSON `[{"execution_id", "state"}]`: `stale` because the prompt has changed since it was read, `budgeted`
 * because the project has budgets, which only `ledger_begin` asks. Null when all were begun.
 */
export const BEGIN_PLAIN = `
CREATE FUNCTION ledger_begin_plain(entries json, projects uuid[]) RETURNS json
LANGUAGE plpgsql ${HOT}
AS $$
DECLARE
  refused json;
BEGIN
  PERFORM set_config('app.project_ids', projects::text, true);
  WITH budgeted AS MATERIALIZED (
    SELECT DISTINCT b.project_id FROM budgets b WHERE b.archived_at IS NULL
  ), checked AS MATERIALIZED (
    SELECT entry.*, p.owner_team, CASE
        WHEN entry.project_id IN (SELECT b.project_id FROM budgeted b) THEN 'budgeted'
        WHEN ${IS_CURRENT} THEN 'begun'
        ELSE 'stale' END AS state
    FROM (SELECT * FROM ${recordset('entries', BEGIN_PLAIN_ENTRY, 'sent')}) AS ${WITH_PROMPT}
  ), input AS (
    INSERT INTO execution_inputs (${INPUT_COLUMNS})
    SELECT ${INPUT_VALUES} FROM checked WHERE state = 'begun'
    ON CONFLICT DO NOTHING
    RETURNING execution_id
  ), flight AS (
    INSERT INTO executions_in_flight (${FLIGHT_COLUMNS})
    SELECT ${flightValues('max_new_tokens', CALLBACK_DUTY)}
    FROM checked WHERE state = 'begun' AND execution_id IN (SELECT execution_id FROM input)
  )
  SELECT json_agg(json_build_object('execution_id', execution_id, 'state', state)) INTO refused
  FROM checked WHERE state <> 'begun';
  RETURN refused;
END
$$;
`;

/** Builds the entry of `ledger_hold_budgets` for an entry. */
const ASKED_OF_BUDGETS = `json_build_object('attempt', 1, 'project_id', project_id, 'execution_id', execution_id, 'arrival', arrival,
        'owner_team', owner_team, 'prompt_name', prompt_name, 'key_id', key_id, 'input_pico_usd', hold_input_pico_usd,
        'output_pico_usd', hold_output_pico_usd, 'max_new_tokens', hold_tokens, 'clamp', on_budget = 'clamp')`;

/** The values besides the asked ones: how a refused execution ended, or what a cached one takes over from its source `s`. */
const OVER_COLUMNS = `project_id, execution_id, status, owner_team, max_new_tokens, targets, started_at, completed_at, error_type,
      error_message, finish_reason, prompt_tokens, response_tokens, cached_prompt_tokens, reasoning_tokens, cost_pico_usd, cache_hit,
      cached_from, ${FROM_ENTRY.join(', ')}`;
const OVER_VALUES = `a.project_id, a.execution_id, a.status, a.owner_team, a.max_new_tokens, a.targets::json,
      CASE WHEN a.cached_from IS NOT NULL THEN a.created_at END,
      coalesce(a.completed_at, CASE WHEN a.cached_from IS NULL THEN a.created_at ELSE greatest(now(), a.created_at) END),
      a.error_type, a.error_message, s.finish_reason, s.prompt_tokens, s.response_tokens, s.cached_prompt_tokens, s.reasoning_tokens,
      CASE WHEN a.cached_from IS NOT NULL THEN 0 END, a.cached_from IS NOT NULL, a.cached_from, ${listColumns('a', FROM_ENTRY)}`;

/**
 * Begins executions of any kind. `queued` and `running` go in flight. `failed` (refused before any call) and `succeeded` (answered from
 * another execution) are over at once, and are counted and announced like any other ending.
 *
 * Locks are taken in the order of all code: keys, executions, budgets, outbox. A key is written before the budgets are asked. The key of a
 * refused entry is taken back in the same statement, so that nothing of it stays.
 * @param is_repeated the entries were sent before: nothing is held twice for one that was begun.
 * @param hold_ms how long the money is held if no spending is reported.
 * @returns a row for each entry. `state`: `begun`, `stale` as above, `key_taken` when another request was first with the key, `refused` by
 * the budget of the verdict. A repeated entry that was begun before may show as any of these.
 */
export const BEGIN = `
CREATE FUNCTION ledger_begin(entries json, projects uuid[], hold_ms double precision, is_repeated boolean)
RETURNS TABLE (execution_id uuid, state text, verdict text, clamped_tokens integer, budget_id uuid, left_pico_usd text, percent integer, warned_by uuid)
LANGUAGE plpgsql ${HOT}
AS $$
#variable_conflict use_column
BEGIN
  PERFORM set_config('app.project_ids', projects::text, true);
  RETURN QUERY
  WITH checked AS MATERIALIZED (
    SELECT entry.*, p.owner_team, p.prompt_name, ${IS_CURRENT} AS is_current
    FROM (SELECT * FROM ${recordset('entries', BEGIN_ENTRY, 'sent')}) AS ${WITH_PROMPT}
  ), keyed AS (
    INSERT INTO idempotency_keys (project_id, route, key, fingerprint, execution_id, status, headers, body, expires_at)
    SELECT c.project_id, c.route, c.key, decode(c.fingerprint, 'hex'), c.execution_id, c.answer_status, c.answer_headers,
      convert_to(c.answer_body, 'UTF8'), now() + make_interval(secs => c.key_ttl_ms / 1000)
    FROM checked c WHERE c.is_current AND c.key IS NOT NULL ORDER BY c.project_id, c.route, c.key
    ON CONFLICT DO NOTHING
    RETURNING execution_id
  ), wanted AS MATERIALIZED (
    SELECT c.* FROM checked c
    WHERE c.is_current AND (c.key IS NULL OR c.execution_id IN (SELECT k.execution_id FROM keyed k))
      AND NOT (is_repeated AND EXISTS (SELECT FROM execution_inputs i
        WHERE i.project_id = c.project_id AND i.execution_id = c.execution_id))
  ), verdict AS MATERIALIZED (
    SELECT v.* FROM ledger_hold_budgets(CASE WHEN EXISTS (SELECT FROM budgets b WHERE b.archived_at IS NULL) THEN
      (SELECT json_agg(${ASKED_OF_BUDGETS}) FROM wanted WHERE status IN ('queued', 'running')) END, hold_ms) AS v
  ), admitted AS MATERIALIZED (
    SELECT w.*, v.verdict, v.max_new_tokens AS clamped_tokens
    FROM wanted w LEFT JOIN verdict v USING (execution_id)
    WHERE v.verdict IS NULL OR v.verdict IN ('free', 'held', 'clamped')
  ), input AS (
    INSERT INTO execution_inputs (${INPUT_COLUMNS})
    SELECT ${INPUT_VALUES} FROM admitted
    ON CONFLICT DO NOTHING
    RETURNING execution_id
  ), flight AS (
    INSERT INTO executions_in_flight (${FLIGHT_COLUMNS})
    SELECT ${flightValues(
      'coalesce(clamped_tokens, max_new_tokens)',
      `${CALLBACK_DUTY} + CASE WHEN verdict IN ('held', 'clamped') THEN ${DUTIES.holds} ELSE 0 END`,
    )}
    FROM admitted a WHERE a.status IN ('queued', 'running') AND a.execution_id IN (SELECT i.execution_id FROM input i)
  ), over AS (
    INSERT INTO executions (${OVER_COLUMNS})
    SELECT ${OVER_VALUES}
    FROM admitted a LEFT JOIN LATERAL (
      SELECT s.finish_reason, s.prompt_tokens, s.response_tokens, s.cached_prompt_tokens, s.reasoning_tokens FROM executions s
      WHERE s.project_id = a.project_id AND s.execution_id = a.cached_from
      OFFSET 0) AS s ON true
    WHERE a.status IN ('failed', 'succeeded') AND a.execution_id IN (SELECT i.execution_id FROM input i)
    RETURNING ${COUNTED_COLUMNS}, ${ANNOUNCED_COLUMNS}, cached_from
  ), output AS (
    INSERT INTO execution_outputs (project_id, execution_id, attempt, response_text, tool_calls, usage, response_truncated, response_bytes, response_sha256)
    SELECT o.project_id, o.execution_id, 0, s.response_text, s.tool_calls, s.usage, s.response_truncated, s.response_bytes, s.response_sha256
    FROM over o CROSS JOIN LATERAL (
      SELECT s.* FROM execution_outputs s
      WHERE s.project_id = o.project_id AND s.execution_id = o.cached_from AND NOT s.late
      ORDER BY s.attempt DESC LIMIT 1) AS s
  ), counted AS (
    ${countEnded('over')}
  ), announced AS (
    ${announceEnded('over')}
  ), forgotten AS MATERIALIZED (
    SELECT ledger_forget_keys((SELECT json_agg(json_build_object('project_id', w.project_id, 'route', w.route, 'key', w.key,
      'execution_id', w.execution_id)) FROM wanted w
      WHERE w.key IS NOT NULL AND w.execution_id NOT IN (SELECT a.execution_id FROM admitted a)))
  )
  SELECT c.execution_id, CASE
      WHEN i.execution_id IS NOT NULL THEN 'begun'
      WHEN NOT c.is_current THEN 'stale'
      WHEN v.verdict IN ('refused', 'unpriced', 'unbounded') THEN 'refused'
      WHEN c.key IS NOT NULL THEN 'key_taken'
      ELSE 'begun' END,
    v.verdict, v.max_new_tokens, v.budget_id, v.left_pico_usd::text, v.percent, v.warned_by
  FROM checked c LEFT JOIN input i USING (execution_id) LEFT JOIN verdict v USING (execution_id) CROSS JOIN forgotten;
END
$$;
`;

/**
 * Takes back keys that were written for executions which a budget then refused, so that their requests may be sent again. The keys were
 * written by the statement that calls this, so it is volatile in order to see them.
 */
const FORGET_KEYS = `
CREATE FUNCTION ledger_forget_keys(refused json) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  r record;
BEGIN
  IF refused IS NULL THEN
    RETURN;
  END IF;
  FOR r IN SELECT * FROM json_to_recordset(refused) AS r(project_id uuid, route text, key text, execution_id uuid) LOOP
    DELETE FROM public.idempotency_keys k
    WHERE k.project_id = r.project_id AND k.route = r.route AND k.key = r.key AND k.execution_id = r.execution_id;
  END LOOP;
END
$$;
`;

export const BEGIN_FUNCTIONS = [
  'ledger_forget_keys(json)',
  'ledger_begin_plain(json,uuid[])',
  'ledger_begin(json,uuid[],double precision,boolean)',
] as const;

export const CREATE_BEGIN = [FORGET_KEYS, BEGIN_PLAIN, BEGIN].join('\n');
