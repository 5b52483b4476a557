/** The tables around executions: the keys of their requests, the batches they belong to, and answers that may be reused. */
export const CREATE_REQUESTS = `
CREATE TABLE idempotency_keys (
  project_id uuid NOT NULL,
  route text NOT NULL,
  key text NOT NULL,
  fingerprint bytea NOT NULL,
  execution_id uuid,
  status integer,
  headers json,
  body bytea,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (project_id, route, key)
);
CREATE INDEX idempotency_keys_expiry ON idempotency_keys (expires_at);

CREATE TABLE batches (
  project_id uuid NOT NULL REFERENCES projects,
  batch_id uuid NOT NULL DEFAULT ledger_uuid7(),
  prompt_id uuid NOT NULL,
  version_id uuid NOT NULL,
  model_id uuid NOT NULL,
  environment text NOT NULL,
  size integer NOT NULL CHECK (size > 0),
  callback_url text,
  requested_by text,
  created_at timestamptz NOT NULL DEFAULT now(),
  canceled_at timestamptz,
  completed_at timestamptz,
  PRIMARY KEY (project_id, batch_id),
  FOREIGN KEY (project_id, version_id) REFERENCES prompt_versions
);
CREATE INDEX batches_open ON batches (created_at) WHERE completed_at IS NULL AND callback_url IS NOT NULL;

-- Which execution's answer may stand for an equal request. The key is claimed before that execution begins, so that whoever
-- comes meanwhile waits for it instead of calling too.
CREATE TABLE response_cache (
  project_id uuid NOT NULL REFERENCES projects,
  cache_key bytea NOT NULL,
  execution_id uuid NOT NULL,
  claimed_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (project_id, cache_key)
);
CREATE INDEX response_cache_expiry ON response_cache (expires_at);
`;
