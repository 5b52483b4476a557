/** Tenants and their keys. */
const PROJECTS = `
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
  requests_per_minute integer CONSTRAINT api_keys_requests_per_minute_check CHECK (requests_per_minute >= 0),
  tokens_per_minute integer CONSTRAINT api_keys_tokens_per_minute_check CHECK (tokens_per_minute >= 0),
  PRIMARY KEY (project_id, key_id)
);
CREATE UNIQUE INDEX api_keys_key_id ON api_keys (key_id);
`;

/**
 * A prompt records the revision of its project at which it last changed. The insert of an execution that was prepared from a cache
 * can then check that revision.
 */
const PROMPTS = `
CREATE TABLE prompts (
  project_id uuid NOT NULL REFERENCES projects,
  prompt_id uuid NOT NULL DEFAULT ledger_uuid7(),
  name text COLLATE "C" NOT NULL,
  mode text NOT NULL CHECK (mode IN ('full', 'tracking')),
  kind text NOT NULL CHECK (kind IN ('text', 'chat')),
  description text,
  owner_team text,
  tags text[] NOT NULL DEFAULT '{}',
  registry_revision bigint NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz,
  PRIMARY KEY (project_id, prompt_id)
);
CREATE UNIQUE INDEX prompts_live_name ON prompts (project_id, name) WHERE deleted_at IS NULL;
CREATE INDEX prompts_name ON prompts (project_id, name);
CREATE INDEX prompts_revision ON prompts (project_id, registry_revision);

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
`;

/**
 * `models.allowed` is false for a model that a recorded execution names but no run may use.
 *
 * A price says what a model costs from some time on, in whole micro-dollars for a million tokens. The one that began last applies, so that
 * a price may be announced while another is in force. Executions point to the price that was applied, so its figures never change and it is
 * never deleted: the application may end it, correct its source, or take it off the list.
 *
 * A route is a named list of models. The list is one value, read and replaced as a whole: no query needs a part of it, and concurrent
 * writers must not mix their lists. The name is free again once the route is deleted.
 */
const MODELS = `
CREATE TABLE models (
  project_id uuid NOT NULL REFERENCES projects,
  model_id uuid NOT NULL DEFAULT ledger_uuid7(),
  provider text NOT NULL,
  model_name text NOT NULL,
  max_tokens integer CHECK (max_tokens > 0),
  supports_streaming boolean NOT NULL DEFAULT true,
  allowed boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (project_id, model_id),
  CONSTRAINT models_name UNIQUE (project_id, provider, model_name)
);

CREATE TABLE model_prices (
  project_id uuid NOT NULL REFERENCES projects,
  price_id uuid NOT NULL DEFAULT ledger_uuid7(),
  provider text COLLATE "C" NOT NULL,
  model_name text COLLATE "C" NOT NULL,
  input_micros_per_mtok bigint NOT NULL CHECK (input_micros_per_mtok BETWEEN 0 AND 2000000000),
  cached_input_micros_per_mtok bigint CHECK (cached_input_micros_per_mtok BETWEEN 0 AND 2000000000),
  output_micros_per_mtok bigint NOT NULL CHECK (output_micros_per_mtok BETWEEN 0 AND 2000000000),
  max_prompt_tokens integer CHECK (max_prompt_tokens > 0),
  valid_from timestamptz NOT NULL,
  valid_to timestamptz,
  source text,
  created_at timestamptz NOT NULL DEFAULT now(),
  created_by text,
  deleted_at timestamptz,
  PRIMARY KEY (project_id, price_id),
  CONSTRAINT model_prices_valid_to_check CHECK (valid_to > valid_from)
);
CREATE UNIQUE INDEX model_prices_begin ON model_prices (project_id, provider, model_name, valid_from) WHERE deleted_at IS NULL;

CREATE TABLE model_routes (
  project_id uuid NOT NULL REFERENCES projects,
  route_id uuid NOT NULL DEFAULT ledger_uuid7(),
  name text COLLATE "C" NOT NULL,
  strategy text NOT NULL CHECK (strategy IN ('order', 'weights')),
  targets json NOT NULL,
  description text,
  created_by text,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz,
  PRIMARY KEY (project_id, route_id)
);
CREATE UNIQUE INDEX model_routes_name ON model_routes (project_id, name) WHERE deleted_at IS NULL;
`;

export const CREATE_REGISTRY = [PROJECTS, PROMPTS, MODELS].join('\n');
