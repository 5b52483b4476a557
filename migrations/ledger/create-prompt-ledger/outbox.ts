/**
 * Events that others must hear of, written in the transaction of the change. The `due_at` of an event to deliver is
 * its alarm clock: a claim moves it beyond the time-out of the call, which is the lease, and a failure moves it to the next try.
 * `attempts` is the fence of the lease's holder. A delivery is one try that has ended, and is deleted with its event. A secret is
 * derived from a salt together with a key that is not in the database. One salt of each project is in force.
 */
export const CREATE_OUTBOX = `
CREATE TABLE outbox (
  project_id uuid NOT NULL,
  event_id uuid NOT NULL DEFAULT ledger_uuid7(),
  kind text NOT NULL,
  subject text NOT NULL,
  body json NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  done_at timestamptz,
  due_at timestamptz,
  attempts integer NOT NULL DEFAULT 0,
  outcome text CONSTRAINT outbox_outcome_check CHECK (outcome IN ('delivered', 'failed')),
  PRIMARY KEY (project_id, event_id)
);
CREATE INDEX outbox_due ON outbox (project_id, due_at, event_id) WHERE done_at IS NULL AND due_at IS NOT NULL;
CREATE INDEX outbox_by_subject ON outbox (project_id, subject, event_id);
CREATE INDEX outbox_done ON outbox (done_at) WHERE done_at IS NOT NULL;

CREATE TABLE webhook_deliveries (
  project_id uuid NOT NULL,
  event_id uuid NOT NULL,
  attempt integer NOT NULL CHECK (attempt > 0),
  outcome text NOT NULL CHECK (outcome IN ('succeeded', 'failed')),
  response_status integer,
  error text,
  started_at timestamptz NOT NULL,
  duration_ms integer NOT NULL,
  PRIMARY KEY (project_id, event_id, attempt),
  FOREIGN KEY (project_id, event_id) REFERENCES outbox ON DELETE CASCADE
);

CREATE TABLE webhook_secrets (
  project_id uuid NOT NULL REFERENCES projects,
  secret_id uuid NOT NULL DEFAULT ledger_uuid7(),
  salt bytea NOT NULL CHECK (octet_length(salt) >= 16),
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz,
  PRIMARY KEY (project_id, secret_id)
);
CREATE UNIQUE INDEX webhook_secrets_in_force ON webhook_secrets (project_id) WHERE expires_at IS NULL;

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
