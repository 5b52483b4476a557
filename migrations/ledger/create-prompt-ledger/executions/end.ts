import { COUNTED_COLUMNS, countEnded } from '../counts.js';
import { ANNOUNCED_COLUMNS, announceEnded, DUTIES } from '../duties.js';
import { ASKED } from './executions.js';
import { listColumns, HOT, numberPlaces, recordset } from '../statements.js';

/** The outcome of an attempt: what is known of the call, and its cost. */
const OUTCOME = {
  project_id: 'uuid',
  execution_id: 'uuid',
  fence: 'integer',
  attempt: 'integer',
  /** The status of the attempt: `succeeded` or `failed`. */
  status: 'text',
  /** When the execution is over, by the database's clock; null: now. */
  completed_at: 'timestamptz',
  error_type: 'text',
  error_message: 'text',
  provider: 'text',
  model_name: 'text',
  provider_status: 'integer',
  provider_request_id: 'text',
  latency_ms: 'integer',
  first_token_ms: 'integer',
  finish_reason: 'text',
  prompt_tokens: 'integer',
  response_tokens: 'integer',
  cached_prompt_tokens: 'integer',
  reasoning_tokens: 'integer',
  usage: 'text',
  cost_pico_usd: 'bigint',
  price_id: 'uuid',
  response_text: 'text',
  response_truncated: 'boolean',
  response_bytes: 'bigint',
  response_sha256: 'text',
  tool_calls: 'text',
} as const;

/** An entry of `ledger_end_plain`: a call that ended, and its execution with it. */
export const END_PLAIN_ENTRY = OUTCOME;

/** `ledger_end` and `ledger_record_late` take entries of every kind. */
export const END_ENTRY = {
  ...OUTCOME,
  /** False for an execution that ends without a call: then `attempt` is the last one that was made. */
  was_called: 'boolean',
  /** `final`, `queued` for another attempt after `wait_ms`, or `running`: the next attempt is being made at once. */
  next: 'text',
  wait_ms: 'double precision',
  next_model_id: 'uuid',
  /** The status of the execution when it differs from the attempt's: `canceled`. */
  ends_as: 'text',
  /** The part of the hold that is spent: the `cost`, `nothing`, or `unknown`, which keeps the hold until it expires. */
  spent: 'text',
  /** The key whose request is answered by this ending. */
  route: 'text',
  key: 'text',
  answer_status: 'integer',
  answer_headers: 'json',
  answer_body: 'text',
} as const;

/**
 * The rows in flight that entries name, but only while fence and attempt match. The condition is `status <> 'queued'`, because
 * `= 'running'` would invite the partial index of leases.
 */
const inFlight = (columns: string, condition: string) => `
      SELECT ${columns} FROM executions_in_flight o
      WHERE o.project_id = n.project_id AND o.execution_id = n.execution_id AND o.fence = n.fence AND o.attempt = n.attempt
        AND o.status <> 'queued' AND ${condition}
      OFFSET 0 FOR UPDATE`;

/** The columns of an ended attempt. */
export const ATTEMPT_COLUMNS = `project_id, execution_id, attempt, fence, status, provider, model_name, model_id, provider_request_id,
      provider_status, usage, prompt_tokens, response_tokens, cost_pico_usd, price_id, error_type, error_message, started_at, latency_ms,
      first_token_ms`;
/**
 * @param row the entry.
 * @param known expressions for the status, the model and the start of the attempt.
 */
export const attemptValues = (
  row: string,
  known: { readonly status: string; readonly modelId: string; readonly startedAt: string },
) => `${row}.project_id, ${row}.execution_id, ${row}.attempt, ${row}.fence, ${known.status}, ${row}.provider, ${row}.model_name,
      ${known.modelId}, ${row}.provider_request_id, ${row}.provider_status, ${row}.usage::json, ${row}.prompt_tokens, ${row}.response_tokens,
      ${row}.cost_pico_usd, ${row}.price_id, ${row}.error_type, ${row}.error_message, ${known.startedAt}, ${row}.latency_ms, ${row}.first_token_ms`;

const OF_ROW_IN_FLIGHT = { status: 'h.status', modelId: 'h.model_id', startedAt: 'h.attempt_started_at' };

/** The columns of an answer. */
export const OUTPUT_COLUMNS =
  'project_id, execution_id, attempt, response_text, tool_calls, usage, response_truncated, response_bytes, response_sha256';
export const outputValues = (
  row: string,
) => `${row}.project_id, ${row}.execution_id, ${row}.attempt, ${row}.response_text, ${row}.tool_calls::json, ${row}.usage::json,
      ${row}.response_truncated, ${row}.response_bytes, ${row}.response_sha256`;

const OVER_COLUMNS = `project_id, execution_id, status, attempts_made, completed_at, error_type, error_message, latency_ms, first_token_ms,
      finish_reason, prompt_tokens, response_tokens, cached_prompt_tokens, reasoning_tokens, cost_pico_usd, price_id, ${ASKED.join(', ')}`;
const overValues = (
  status: string,
) => `h.project_id, h.execution_id, ${status}, h.attempt, coalesce(h.completed_at, now()), h.error_type,
      h.error_message, h.latency_ms, h.first_token_ms, h.finish_reason, h.prompt_tokens, h.response_tokens, h.cached_prompt_tokens,
      h.reasoning_tokens, h.cost_pico_usd, h.price_id, ${listColumns('h', ASKED)}`;

/** A statement of its own, after the one that locked the rows. */
const DELETE_ENDED = `
  DELETE FROM executions_in_flight f WHERE f.ctid = ANY (${numberPlaces('unnest(ended_projects, ended_ids)')});`;

/**
 * Ends executions whose call has ended and that have no duties: one row in each table of ended executions, and none in flight.
 * @returns which were ended, as `execution_id fence` in one text, separated by commas; null when none was. The rest are left to
 * `ledger_end`.
 */
const END_PLAIN = `
CREATE FUNCTION ledger_end_plain(entries json, projects uuid[]) RETURNS text
LANGUAGE plpgsql ${HOT}
AS $$
#variable_conflict use_column
DECLARE
  ended_projects uuid[];
  ended_ids uuid[];
  told text;
BEGIN
  PERFORM set_config('app.project_ids', projects::text, true);
  WITH h AS MATERIALIZED (
    SELECT n.*, o.* FROM ${recordset('entries', END_PLAIN_ENTRY, 'n')} CROSS JOIN LATERAL (${inFlight(
      `o.attempt_started_at, ${listColumns('o', ASKED)}`,
      'o.attempt_started_at IS NOT NULL AND o.duties = 0',
    )}) AS o
  ), over AS (
    INSERT INTO executions (${OVER_COLUMNS})
    SELECT ${overValues('h.status')} FROM h
    RETURNING ${COUNTED_COLUMNS}
  ), attempt AS (
    INSERT INTO execution_attempts (${ATTEMPT_COLUMNS})
    SELECT ${attemptValues('h', OF_ROW_IN_FLIGHT)} FROM h
  ), output AS (
    INSERT INTO execution_outputs (${OUTPUT_COLUMNS})
    SELECT ${outputValues('h')} FROM h WHERE h.response_text IS NOT NULL
  ), counted AS (
    ${countEnded('over')}
  )
  SELECT array_agg(h.project_id), array_agg(h.execution_id), string_agg(h.execution_id || ' ' || h.fence, ',')
  INTO ended_projects, ended_ids, told FROM h;
  IF told IS NULL THEN
    RETURN NULL;
  END IF;${DELETE_ENDED}
  RETURN told;
END
$$;
`;

/** An entry of `ledger_settle_holds`: how much of its hold an ended attempt has spent. Null is all of it. */
export const settlement = (
  row: string,
) => `json_build_object('project_id', ${row}.project_id, 'execution_id', ${row}.execution_id,
          'attempt', ${row}.attempt, 'spent_pico_usd', CASE ${row}.spent WHEN 'nothing' THEN coalesce(${row}.cost_pico_usd, 0) ELSE ${row}.cost_pico_usd END)`;

/**
 * Ends attempts, moves their executions on, and fulfills all duties: settles money, announces callbacks, and gives keys their answers. The
 * row in flight and the outcome decide whether a hold is settled, and attempts are never read for it. The hold of an attempt that was made
 * is settled by what it spent, and the hold of one that was never made is released.
 * @returns which were ended, as `ledger_end_plain` does.
 */
const END = `
CREATE FUNCTION ledger_end(entries json, projects uuid[]) RETURNS text
LANGUAGE plpgsql ${HOT}
AS $$
#variable_conflict use_column
DECLARE
  ended_projects uuid[];
  ended_ids uuid[];
  told text;
  told_also text;
  settled json;
  settled_also json[] := '{}';
  entry record;
  flight record;
BEGIN
  PERFORM set_config('app.project_ids', projects::text, true);
  WITH h AS MATERIALIZED (
    SELECT n.*, o.* FROM ${recordset('entries', END_ENTRY, 'n')} CROSS JOIN LATERAL (${inFlight(
      `o.attempt_started_at, o.duties, ${listColumns('o', ASKED)}`,
      '(o.attempt_started_at IS NOT NULL) = n.was_called',
    )}) AS o
    WHERE n.next = 'final'
  ), over AS (
    INSERT INTO executions (${OVER_COLUMNS})
    SELECT ${overValues('coalesce(h.ends_as, h.status)')} FROM h
    RETURNING ${COUNTED_COLUMNS}, ${ANNOUNCED_COLUMNS}
  ), attempt AS (
    INSERT INTO execution_attempts (${ATTEMPT_COLUMNS})
    SELECT ${attemptValues('h', OF_ROW_IN_FLIGHT)} FROM h WHERE h.was_called
  ), output AS (
    INSERT INTO execution_outputs (${OUTPUT_COLUMNS})
    SELECT ${outputValues('h')} FROM h WHERE h.response_text IS NOT NULL
  ), answered AS (
    UPDATE idempotency_keys k SET status = h.answer_status, headers = h.answer_headers, body = convert_to(h.answer_body, 'UTF8')
    FROM h
    WHERE k.project_id = ANY (ARRAY(SELECT h.project_id FROM h)) AND k.route = ANY (ARRAY(SELECT DISTINCT h.route FROM h))
      AND k.key = ANY (ARRAY(SELECT h.key FROM h))
      AND k.project_id = h.project_id AND k.route = h.route AND k.key = h.key AND h.answer_body IS NOT NULL
  ), counted AS (
    ${countEnded('over')}
  ), announced AS (
    ${announceEnded('over')}
  ), held AS (
    -- An attempt that was held for and never made has spent nothing.
    SELECT h.project_id, h.execution_id, b.attempt, CASE WHEN b.attempt = h.attempt THEN h.spent ELSE 'nothing' END AS spent,
      CASE WHEN b.attempt = h.attempt THEN h.cost_pico_usd END AS cost_pico_usd
    FROM h CROSS JOIN LATERAL (
      SELECT DISTINCT b.attempt FROM budget_holds b
      WHERE b.project_id = h.project_id AND b.execution_id = h.execution_id
        AND (b.attempt > h.attempt OR (b.attempt = h.attempt AND h.was_called AND h.spent <> 'unknown'))
      OFFSET 0) AS b
    WHERE h.duties & ${DUTIES.holds} <> 0
  )
  SELECT array_agg(h.project_id), array_agg(h.execution_id), string_agg(h.execution_id || ' ' || h.fence, ','),
    (SELECT json_agg(${settlement('d')}) FROM held d)
  INTO ended_projects, ended_ids, told, settled FROM h;${DELETE_ENDED}

  -- The others go on: row by row, as they are few.
  FOR entry IN SELECT * FROM ${recordset('entries', END_ENTRY, 'n')} WHERE n.next <> 'final' LOOP
    SELECT o.attempt_started_at, o.model_id, o.duties INTO flight FROM executions_in_flight o
    WHERE o.project_id = entry.project_id AND o.execution_id = entry.execution_id AND o.fence = entry.fence AND o.attempt = entry.attempt
      AND o.status <> 'queued' AND o.attempt_started_at IS NOT NULL
    FOR UPDATE;
    CONTINUE WHEN NOT FOUND;
    INSERT INTO execution_attempts (${ATTEMPT_COLUMNS})
    VALUES (${attemptValues('entry', { status: 'entry.status', modelId: 'flight.model_id', startedAt: 'flight.attempt_started_at' })});
    UPDATE executions_in_flight f SET
      status = entry.next,
      attempt = CASE entry.next WHEN 'running' THEN entry.attempt + 1 ELSE entry.attempt END,
      attempt_started_at = CASE entry.next WHEN 'running' THEN clock_timestamp() END,
      model_id = coalesce(entry.next_model_id, f.model_id),
      due_at = CASE entry.next WHEN 'queued' THEN now() + make_interval(secs => entry.wait_ms / 1000) END,
      lease_until = CASE entry.next WHEN 'running' THEN f.lease_until END
    WHERE f.project_id = entry.project_id AND f.execution_id = entry.execution_id;
    told_also := concat_ws(',', told_also, entry.execution_id || ' ' || entry.fence);
    IF flight.duties & ${DUTIES.holds} <> 0 AND entry.spent <> 'unknown' THEN
      settled_also := settled_also || ${settlement('entry')};
    END IF;
  END LOOP;

  PERFORM ledger_settle_holds(settled);
  PERFORM ledger_settle_holds(array_to_json(settled_also));
  RETURN nullif(concat_ws(',', told, told_also), '');
END
$$;
`;

export const END_FUNCTIONS = ['ledger_end_plain(json,uuid[])', 'ledger_end(json,uuid[])'] as const;

export const CREATE_END = [END_PLAIN, END].join('\n');
