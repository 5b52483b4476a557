/**
 * Ids are UUIDv7 by the database's clock, so that every process agrees on their order and on the partition they fall
 * into, whatever its own clock says. PostgreSQL has `uuidv7()` from 18 on; we run on 15 too.
 */
const ID_FUNCTIONS = `
CREATE FUNCTION ledger_uuid7_floor(at timestamptz) RETURNS uuid
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$ SELECT (lpad(to_hex(greatest(floor(extract(epoch FROM at) * 1000)::bigint, 0)), 12, '0') || '70008000000000000000')::uuid $$;
COMMENT ON FUNCTION ledger_uuid7_floor(timestamptz) IS 'The lowest UUIDv7 of that millisecond: a bound for partitions and time filters.';

CREATE FUNCTION ledger_uuid7() RETURNS uuid
LANGUAGE sql VOLATILE PARALLEL SAFE
AS $$
  SELECT (lpad(to_hex(micros / 1000), 12, '0')
    || '7' || lpad(to_hex(micros % 1000 * 4096 / 1000), 3, '0')
    || substr(gen_random_uuid()::text, 20, 4) || right(gen_random_uuid()::text, 12))::uuid
  FROM (SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint AS micros) AS now
$$;
COMMENT ON FUNCTION ledger_uuid7() IS 'UUIDv7 whose 12 bits after the version hold the fraction of the millisecond, so that ids of one session sort as they were made.';
`;

const PROJECTS_AND_KEYS = `
CREATE TABLE projects (
  project_id uuid PRIMARY KEY DEFAULT ledger_uuid7(),
  name text NOT NULL UNIQUE,
  registry_revision bigint NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL DEFAULT now(),
  archived_at timestamptz
);

CREATE TABLE api_keys (
  project_id uuid NOT NULL REFERENCES projects,
  key_id uuid NOT NULL DEFAULT ledger_uuid7(),
  name text NOT NULL,
  secret_hmac bytea NOT NULL,
  scopes text[] NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz,
  revoked_at timestamptz,
  last_used_at timestamptz,
  PRIMARY KEY (project_id, key_id)
);
CREATE UNIQUE INDEX api_keys_key_id ON api_keys (key_id);
`;

const REGISTRY = `
CREATE TABLE prompts (
  project_id uuid NOT NULL REFERENCES projects,
  prompt_id uuid NOT NULL DEFAULT ledger_uuid7(),
  name text COLLATE "C" NOT NULL,
  mode text NOT NULL CHECK (mode IN ('full', 'tracking')),
  kind text NOT NULL CHECK (kind IN ('text', 'chat')),
  description text,
  owner_team text,
  tags text[] NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz,
  PRIMARY KEY (project_id, prompt_id)
);
CREATE UNIQUE INDEX prompts_live_name ON prompts (project_id, name) WHERE deleted_at IS NULL;
CREATE INDEX prompts_name ON prompts (project_id, name);

CREATE TABLE prompt_versions (
  project_id uuid NOT NULL,
  version_id uuid NOT NULL DEFAULT ledger_uuid7(),
  prompt_id uuid NOT NULL,
  version_number integer NOT NULL CHECK (version_number > 0),
  template_source text,
  messages json,
  content json,
  checksum_hash text NOT NULL CHECK (checksum_hash ~ '^[0-9a-f]{64}$'),
  renderer text NOT NULL,
  variables text[] NOT NULL,
  created_by text,
  commit_message text,
  first_registration json,
  latest_registration json,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (project_id, version_id),
  FOREIGN KEY (project_id, prompt_id) REFERENCES prompts,
  CONSTRAINT prompt_versions_number UNIQUE (project_id, prompt_id, version_number),
  CONSTRAINT prompt_versions_checksum UNIQUE (project_id, prompt_id, checksum_hash),
  CONSTRAINT prompt_versions_of_prompt UNIQUE (project_id, prompt_id, version_id),
  CONSTRAINT prompt_versions_one_content CHECK ((template_source IS NULL) <> (messages IS NULL))
);

CREATE TABLE prompt_pointers (
  project_id uuid NOT NULL,
  prompt_id uuid NOT NULL,
  environment text NOT NULL DEFAULT 'default',
  version_id uuid NOT NULL,
  registry_revision bigint NOT NULL,
  moved_at timestamptz NOT NULL DEFAULT now(),
  moved_by text,
  PRIMARY KEY (project_id, prompt_id, environment),
  FOREIGN KEY (project_id, prompt_id) REFERENCES prompts,
  FOREIGN KEY (project_id, prompt_id, version_id) REFERENCES prompt_versions (project_id, prompt_id, version_id)
);

CREATE TABLE pointer_moves (
  project_id uuid NOT NULL,
  move_id uuid NOT NULL DEFAULT ledger_uuid7(),
  prompt_id uuid NOT NULL,
  environment text NOT NULL,
  from_version_id uuid,
  to_version_id uuid NOT NULL,
  registry_revision bigint NOT NULL,
  moved_at timestamptz NOT NULL DEFAULT now(),
  moved_by text,
  reason text,
  PRIMARY KEY (project_id, move_id),
  FOREIGN KEY (project_id, prompt_id) REFERENCES prompts
);
CREATE INDEX pointer_moves_version ON pointer_moves (project_id, prompt_id, to_version_id);

CREATE TABLE models (
  project_id uuid NOT NULL REFERENCES projects,
  model_id uuid NOT NULL DEFAULT ledger_uuid7(),
  provider text NOT NULL,
  model_name text NOT NULL,
  max_tokens integer CHECK (max_tokens > 0),
  supports_streaming boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (project_id, model_id),
  CONSTRAINT models_name UNIQUE (project_id, provider, model_name)
);
`;

/**
 * Facts apart from payloads: `executions` is narrow and hot, texts stand in inputs and outputs. The four tables are
 * partitioned alike by weekly ranges of the id. Children have no foreign key to executions, so that old partitions
 * can be dropped without a scan; an execution's one foreign key is its version.
 */
const EXECUTIONS = `
CREATE TABLE executions (
  project_id uuid NOT NULL,
  execution_id uuid NOT NULL DEFAULT ledger_uuid7(),
  prompt_id uuid NOT NULL,
  version_id uuid NOT NULL,
  model_id uuid NOT NULL,
  environment text NOT NULL,
  execution_mode text NOT NULL CHECK (execution_mode IN ('sync', 'async')),
  prompt_mode text NOT NULL CHECK (prompt_mode IN ('full', 'tracking')),
  status text NOT NULL CHECK (status IN ('queued', 'running', 'succeeded', 'failed', 'canceled')),
  correlation_id text,
  temperature double precision,
  top_k integer,
  top_p double precision,
  repetition_penalty double precision,
  max_new_tokens integer,
  further_params text,
  timeout_ms integer NOT NULL,
  prompt_tokens integer,
  response_tokens integer,
  latency_ms integer,
  finish_reason text,
  error_type text CHECK (error_type IN ('timeout', 'rate_limited', 'provider_error', 'provider_rejected', 'connection', 'outcome_unknown', 'internal')),
  error_message text,
  resolved_by text NOT NULL CHECK (resolved_by IN ('pointer', 'version_number', 'template_hash')),
  requested_by text,
  trace_id text,
  span_id text,
  batch_id uuid,
  on_unknown text NOT NULL DEFAULT 'retry' CHECK (on_unknown IN ('retry', 'fail')),
  attempts_made integer NOT NULL DEFAULT 0,
  due_at timestamptz,
  fence integer NOT NULL DEFAULT 0,
  lease_until timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  started_at timestamptz,
  completed_at timestamptz,
  PRIMARY KEY (project_id, execution_id),
  FOREIGN KEY (project_id, version_id) REFERENCES prompt_versions
) PARTITION BY RANGE (execution_id);
CREATE INDEX executions_by_prompt ON executions (project_id, prompt_id, execution_id DESC);
CREATE INDEX executions_by_status ON executions (project_id, status, execution_id DESC);
CREATE INDEX executions_by_environment ON executions (project_id, environment, execution_id DESC);
CREATE INDEX executions_by_correlation ON executions (project_id, correlation_id, execution_id DESC) WHERE correlation_id IS NOT NULL;
CREATE INDEX executions_by_version ON executions (project_id, version_id);
CREATE INDEX executions_by_batch ON executions (project_id, batch_id, execution_id) WHERE batch_id IS NOT NULL;
CREATE INDEX executions_due ON executions (due_at, execution_id) WHERE status = 'queued';
CREATE INDEX executions_leased ON executions (lease_until, execution_id) WHERE status = 'running';

CREATE TABLE execution_inputs (
  project_id uuid NOT NULL,
  execution_id uuid NOT NULL,
  variables_json json NOT NULL,
  rendered_prompt text,
  rendered_messages json,
  PRIMARY KEY (project_id, execution_id),
  CONSTRAINT execution_inputs_one_prompt CHECK ((rendered_prompt IS NULL) <> (rendered_messages IS NULL))
) PARTITION BY RANGE (execution_id);

CREATE TABLE execution_outputs (
  project_id uuid NOT NULL,
  execution_id uuid NOT NULL,
  response_text text NOT NULL,
  usage json,
  response_truncated boolean NOT NULL DEFAULT false,
  response_bytes bigint NOT NULL,
  response_sha256 text NOT NULL,
  PRIMARY KEY (project_id, execution_id)
) PARTITION BY RANGE (execution_id);

CREATE TABLE execution_attempts (
  project_id uuid NOT NULL,
  execution_id uuid NOT NULL,
  attempt integer NOT NULL CHECK (attempt > 0),
  fence integer NOT NULL,
  status text NOT NULL CHECK (status IN ('dispatched', 'succeeded', 'failed', 'outcome_unknown', 'fenced')),
  provider text NOT NULL,
  model_name text NOT NULL,
  provider_request_id text,
  provider_status integer,
  usage json,
  error_type text,
  error_message text,
  late_response text,
  started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  completed_at timestamptz,
  latency_ms integer,
  PRIMARY KEY (project_id, execution_id, attempt)
) PARTITION BY RANGE (execution_id);
`;

const BOOKKEEPING = `
CREATE TABLE idempotency_keys (
  project_id uuid NOT NULL,
  route text NOT NULL,
  key text NOT NULL,
  fingerprint bytea NOT NULL,
  execution_id uuid,
  status integer,
  body bytea,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (project_id, route, key)
);
CREATE INDEX idempotency_keys_expiry ON idempotency_keys (expires_at);

CREATE TABLE outbox (
  project_id uuid NOT NULL,
  event_id uuid NOT NULL DEFAULT ledger_uuid7(),
  kind text NOT NULL,
  subject text NOT NULL,
  body json NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  done_at timestamptz,
  PRIMARY KEY (project_id, event_id)
);
CREATE INDEX outbox_undone ON outbox (event_id) WHERE done_at IS NULL;

CREATE TABLE audit_log (
  project_id uuid NOT NULL,
  audit_id uuid NOT NULL DEFAULT ledger_uuid7(),
  actor text NOT NULL,
  origin text,
  key_id uuid,
  action text NOT NULL,
  subject text NOT NULL,
  before json,
  after json,
  at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (project_id, audit_id)
);
`;

export const CREATE_TABLES = [ID_FUNCTIONS, PROJECTS_AND_KEYS, REGISTRY, EXECUTIONS, BOOKKEEPING].join('\n');

/** Children before parents, so that a plain DROP works. */
export const TABLES = [
  'audit_log',
  'outbox',
  'idempotency_keys',
  'execution_attempts',
  'execution_outputs',
  'execution_inputs',
  'executions',
  'models',
  'pointer_moves',
  'prompt_pointers',
  'prompt_versions',
  'prompts',
  'api_keys',
  'projects',
] as const;

export const DROP_TABLES = [
  ...TABLES.map((table) => `DROP TABLE ${table};`),
  'DROP FUNCTION ledger_uuid7();',
  'DROP FUNCTION ledger_uuid7_floor(timestamptz);',
].join('\n');
