/**
 * The columns that a request sets. The row in flight has them as columns, and the row of an ended execution copies
 * them, so that an ending is one insert and never an update of a large table.
 */
export const ASKED = [
  'prompt_id',
  'version_id',
  'model_id',
  'prompt_mode',
  'environment',
  'execution_mode',
  'owner_team',
  'route_name',
  'targets',
  'correlation_id',
  'temperature',
  'top_k',
  'top_p',
  'repetition_penalty',
  'max_new_tokens',
  'further_params',
  'timeout_ms',
  'max_attempts',
  'on_unknown',
  'on_budget',
  'streamed',
  'callback_url',
  'batch_id',
  'resolved_by',
  'requested_by',
  'key_id',
  'trace_id',
  'span_id',
  'created_at',
  'started_at',
] as const;

/**
 * The working state: one row while an execution is `queued` or `running`.
 *
 * `attempt` is the number of the attempt that is being made, or of the one made last, and `attempt_started_at` is set only while a provider
 * is being called. `duties` says what the ending has to do besides (see duties.ts). Rows come and go constantly. To stay small, the table
 * is vacuumed early and often, but vacuum never truncates it, which would lock it.
 */
const IN_FLIGHT = `
CREATE TABLE executions_in_flight (
  project_id uuid NOT NULL,
  execution_id uuid NOT NULL DEFAULT ledger_uuid7(),
  status text NOT NULL CHECK (status IN ('queued', 'running')),
  fence integer NOT NULL DEFAULT 0,
  attempt integer NOT NULL DEFAULT 0,
  attempt_started_at timestamptz,
  due_at timestamptz,
  lease_until timestamptz,
  lapses integer NOT NULL DEFAULT 0,
  duties integer NOT NULL DEFAULT 0,
  prompt_id uuid,
  version_id uuid,
  model_id uuid NOT NULL,
  prompt_mode text CHECK (prompt_mode IN ('full', 'tracking')),
  environment text NOT NULL,
  execution_mode text NOT NULL CHECK (execution_mode IN ('sync', 'async')),
  owner_team text,
  route_name text,
  targets json,
  correlation_id text,
  temperature double precision,
  top_k integer,
  top_p double precision,
  repetition_penalty double precision,
  max_new_tokens integer,
  further_params text,
  timeout_ms integer NOT NULL,
  max_attempts integer NOT NULL DEFAULT 4 CHECK (max_attempts > 0),
  on_unknown text NOT NULL DEFAULT 'retry' CHECK (on_unknown IN ('retry', 'fail')),
  on_budget text CHECK (on_budget IN ('refuse', 'clamp')),
  streamed boolean NOT NULL DEFAULT false,
  callback_url text,
  batch_id uuid,
  resolved_by text CHECK (resolved_by IN ('pointer', 'version_number', 'template_hash')),
  requested_by text,
  key_id uuid,
  trace_id text,
  span_id text,
  created_at timestamptz NOT NULL DEFAULT now(),
  started_at timestamptz,
  PRIMARY KEY (project_id, execution_id),
  FOREIGN KEY (project_id, version_id) REFERENCES prompt_versions,
  CONSTRAINT executions_in_flight_bare_check CHECK ((prompt_id IS NULL) = (version_id IS NULL) AND (prompt_id IS NULL) = (prompt_mode IS NULL)),
  CONSTRAINT executions_in_flight_called_check CHECK (attempt_started_at IS NULL OR status = 'running')
) WITH (vacuum_truncate = off, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000,
  autovacuum_vacuum_cost_delay = 0, autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 20000);
-- A claim: the next of one project that is due.
CREATE INDEX executions_in_flight_due ON executions_in_flight (project_id, due_at, execution_id) WHERE status = 'queued';
-- The sweep: whose lease has lapsed, in any project.
CREATE INDEX executions_in_flight_leased ON executions_in_flight (lease_until, execution_id) WHERE status = 'running';
-- A batch's progress, and whether it is over.
CREATE INDEX executions_in_flight_batch ON executions_in_flight (project_id, batch_id, execution_id) WHERE batch_id IS NOT NULL;
`;

/**
 * Executions that are over are inserted once and never changed. The table has no foreign key and no CHECK, because an ending must not fail.
 * Each index names the query that it serves. The two for lists hold every column that a list filters by and end in the id, so that any
 * combination of filters is a few ranges of one index (see list-executions.sql.ts).
 *
 * Without statistics Postgres considers all of these indexes equally good, including the primary key, and reads a whole week through the
 * wrong one. So each is the only one with the order that its query asks for: ids are never null, but `NULLS LAST` keeps the primary key
 * out, and the collation distinguishes the index by environment from the one by prompt.
 */
const OVER = `
CREATE TABLE executions (
  project_id uuid NOT NULL,
  execution_id uuid NOT NULL DEFAULT ledger_uuid7(),
  origin text NOT NULL DEFAULT 'ledger',
  status text NOT NULL,
  prompt_id uuid,
  version_id uuid,
  model_id uuid NOT NULL,
  prompt_mode text,
  environment text NOT NULL,
  execution_mode text NOT NULL,
  owner_team text,
  route_name text,
  targets json,
  correlation_id text,
  temperature double precision,
  top_k integer,
  top_p double precision,
  repetition_penalty double precision,
  max_new_tokens integer,
  further_params text,
  timeout_ms integer,
  max_attempts integer NOT NULL DEFAULT 4,
  on_unknown text NOT NULL DEFAULT 'retry',
  on_budget text,
  streamed boolean NOT NULL DEFAULT false,
  callback_url text,
  batch_id uuid,
  resolved_by text,
  requested_by text,
  key_id uuid,
  trace_id text,
  span_id text,
  prompt_tokens integer,
  response_tokens integer,
  cached_prompt_tokens integer,
  reasoning_tokens integer,
  latency_ms integer,
  first_token_ms integer,
  finish_reason text,
  cost_pico_usd bigint,
  price_id uuid,
  cache_hit boolean NOT NULL DEFAULT false,
  cached_from uuid,
  error_type text,
  error_message text,
  attempts_made integer NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL DEFAULT now(),
  started_at timestamptz,
  completed_at timestamptz NOT NULL DEFAULT now()
) PARTITION BY RANGE (execution_id);
-- GET /v1/executions?prompt_name=, also with environment, status and times.
CREATE INDEX executions_by_prompt ON executions (project_id, prompt_id, environment, status, execution_id DESC NULLS LAST);
-- GET /v1/executions?environment= or status=, also with times.
CREATE INDEX executions_by_environment ON executions (project_id, environment COLLATE "C", status COLLATE "C", execution_id DESC NULLS LAST);
-- GET /v1/executions?correlation_id=.
CREATE INDEX executions_by_correlation ON executions (project_id, correlation_id, execution_id DESC NULLS LAST) WHERE correlation_id IS NOT NULL;
-- GET /v1/executions?batch_id= and the progress of a batch.
CREATE INDEX executions_by_batch ON executions (project_id, batch_id, execution_id DESC NULLS LAST) WHERE batch_id IS NOT NULL;
-- The executions of a trace.
CREATE INDEX executions_by_trace ON executions (project_id, trace_id, execution_id) WHERE trace_id IS NOT NULL;
-- The last: of indexes that seem equally good, the planner takes the one that was made last.
ALTER TABLE executions ADD PRIMARY KEY (project_id, execution_id);
`;

/**
 * Payloads are stored apart from facts. Variables keep the received text as `json`: `jsonb` would reorder keys, and with them loops. The
 * four large tables are partitioned alike, by weekly ranges of the id; none refers to another, so that a week can be dropped without a
 * scan.
 *
 * An attempt is inserted when it has ended. A result that arrives after its outcome was given up as unknown is a second row with `late`,
 * and its answer is a late output.
 */
const DETAILS = `
CREATE TABLE execution_inputs (
  project_id uuid NOT NULL,
  execution_id uuid NOT NULL,
  variables_json json NOT NULL,
  rendered_prompt text,
  rendered_messages json,
  extras json,
  PRIMARY KEY (project_id, execution_id),
  CONSTRAINT execution_inputs_one_prompt CHECK ((rendered_prompt IS NULL) <> (rendered_messages IS NULL))
) PARTITION BY RANGE (execution_id);

CREATE TABLE execution_outputs (
  project_id uuid NOT NULL,
  execution_id uuid NOT NULL,
  attempt integer NOT NULL,
  late boolean NOT NULL DEFAULT false,
  response_text text NOT NULL,
  tool_calls json,
  usage json,
  response_truncated boolean NOT NULL DEFAULT false,
  response_bytes bigint NOT NULL,
  response_sha256 text NOT NULL,
  PRIMARY KEY (project_id, execution_id, attempt, late)
) PARTITION BY RANGE (execution_id);

CREATE TABLE execution_attempts (
  project_id uuid NOT NULL,
  execution_id uuid NOT NULL,
  attempt integer NOT NULL,
  late boolean NOT NULL DEFAULT false,
  fence integer NOT NULL,
  status text NOT NULL,
  provider text NOT NULL,
  model_name text NOT NULL,
  model_id uuid,
  provider_request_id text,
  provider_status integer,
  usage json,
  prompt_tokens integer,
  response_tokens integer,
  cost_pico_usd bigint,
  price_id uuid,
  error_type text,
  error_message text,
  started_at timestamptz NOT NULL,
  completed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  latency_ms integer,
  first_token_ms integer,
  PRIMARY KEY (project_id, execution_id, attempt, late)
) PARTITION BY RANGE (execution_id);
`;

const IN_FLIGHT_COLUMNS = `e.project_id, e.execution_id, 'ledger' AS origin, e.status, ${ASKED.map((name) => `e.${name}`).join(', ')},
  NULL::integer AS prompt_tokens, NULL::integer AS response_tokens, NULL::integer AS cached_prompt_tokens,
  NULL::integer AS reasoning_tokens, NULL::integer AS latency_ms, NULL::integer AS first_token_ms, NULL::text AS finish_reason,
  NULL::bigint AS cost_pico_usd, NULL::uuid AS price_id, false AS cache_hit, NULL::uuid AS cached_from, NULL::text AS error_type,
  NULL::text AS error_message, e.attempt AS attempts_made, NULL::timestamptz AS completed_at, e.fence, e.due_at, e.lease_until,
  e.lapses`;

const OVER_COLUMNS = `e.project_id, e.execution_id, e.origin, e.status, ${ASKED.map((name) => `e.${name}`).join(', ')},
  e.prompt_tokens, e.response_tokens, e.cached_prompt_tokens, e.reasoning_tokens, e.latency_ms, e.first_token_ms, e.finish_reason,
  e.cost_pico_usd, e.price_id, e.cache_hit, e.cached_from, e.error_type, e.error_message, e.attempts_made, e.completed_at,
  NULL::integer, NULL::timestamptz, NULL::timestamptz, NULL::integer`;

const ATTEMPT_COLUMNS = `provider_request_id, provider_status, usage, prompt_tokens, response_tokens, cost_pico_usd, price_id,
  error_type, error_message, started_at, completed_at, latency_ms, first_token_ms`;

/**
 * Shows both states in one: each execution once, and each attempt once. The attempt that is being made is `dispatched`. A late
 * result replaces the outcome that was given up as unknown. The views show only what their reader may see.
 */
const VIEWS = `
CREATE VIEW executions_all WITH (security_invoker = true) AS
SELECT ${IN_FLIGHT_COLUMNS} FROM executions_in_flight e
UNION ALL
SELECT ${OVER_COLUMNS} FROM executions e;

CREATE VIEW execution_attempts_all WITH (security_invoker = true) AS
SELECT a.project_id, a.execution_id, a.attempt, a.fence, a.status, a.provider, a.model_name, a.model_id, ${ATTEMPT_COLUMNS}
FROM execution_attempts a
WHERE a.late OR NOT EXISTS (
  SELECT FROM execution_attempts l
  WHERE l.project_id = a.project_id AND l.execution_id = a.execution_id AND l.attempt = a.attempt AND l.late)
UNION ALL
SELECT e.project_id, e.execution_id, e.attempt, e.fence, 'dispatched', m.provider, m.model_name, e.model_id, NULL, NULL, NULL, NULL,
  NULL, NULL, NULL, NULL, NULL, e.attempt_started_at, NULL, NULL, NULL
FROM executions_in_flight e JOIN models m ON m.project_id = e.project_id AND m.model_id = e.model_id
WHERE e.attempt_started_at IS NOT NULL;
`;

export const CREATE_EXECUTIONS = [IN_FLIGHT, OVER, DETAILS, VIEWS].join('\n');

/** Partitioned by weekly ranges of the id, all alike. */
export const PARTITIONED = [
  'executions',
  'execution_inputs',
  'execution_outputs',
  'execution_attempts',
] as const;
