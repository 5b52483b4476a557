const PROJECTS_IN_SCOPE = `project_id = ANY ((SELECT nullif(current_setting('app.project_ids', true), '')::uuid[])::uuid[])`;

function secure(table: string): string {
  return `
ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON ${table} TO prompt_ledger_app USING (${PROJECTS_IN_SCOPE}) WITH CHECK (${PROJECTS_IN_SCOPE});
CREATE POLICY system ON ${table} TO CURRENT_USER USING (current_setting('app.system', true) = 'on') WITH CHECK (current_setting('app.system', true) = 'on');`;
}

/**
 * An event with a `due_at` is to be delivered, and that is its alarm clock: a claim moves it beyond the time-out of the
 * call, which is the lease; a failure moves it to the next try. `attempts` is the fence of whoever holds the lease.
 */
const OUTBOX = `
ALTER TABLE outbox
  ADD COLUMN due_at timestamptz,
  ADD COLUMN attempts integer NOT NULL DEFAULT 0,
  ADD COLUMN outcome text CONSTRAINT outbox_outcome_check CHECK (outcome IN ('delivered', 'failed'));
CREATE INDEX outbox_due ON outbox (project_id, due_at, event_id) WHERE done_at IS NULL AND due_at IS NOT NULL;
CREATE INDEX outbox_by_subject ON outbox (project_id, subject, event_id);
CREATE INDEX outbox_done ON outbox (done_at) WHERE done_at IS NOT NULL;
DROP INDEX outbox_undone;
`;

/** One row for each try that came to an end; they go with their event. */
const DELIVERIES = `
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
${secure('webhook_deliveries')}
GRANT SELECT, INSERT ON webhook_deliveries TO prompt_ledger_app;
`;

/** What a secret is derived from, together with a key that is not in the database. One of them is in force. */
const SECRETS = `
CREATE TABLE webhook_secrets (
  project_id uuid NOT NULL REFERENCES projects,
  secret_id uuid NOT NULL DEFAULT ledger_uuid7(),
  salt bytea NOT NULL CHECK (octet_length(salt) >= 16),
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz,
  PRIMARY KEY (project_id, secret_id)
);
CREATE UNIQUE INDEX webhook_secrets_in_force ON webhook_secrets (project_id) WHERE expires_at IS NULL;
${secure('webhook_secrets')}
GRANT SELECT, INSERT, UPDATE (expires_at) ON webhook_secrets TO prompt_ledger_app;
`;

/** Whether a batch has anything left to do is asked every second, of each that somebody waits for. */
const OPEN_BATCHES = `
CREATE INDEX executions_open_in_batch ON executions (project_id, batch_id)
  WHERE batch_id IS NOT NULL AND status IN ('queued', 'running');
`;

/** Tables that this migration makes, children before parents. */
export const TABLES = ['webhook_deliveries', 'webhook_secrets'] as const;

export const ADD_TABLES = [OUTBOX, DELIVERIES, SECRETS, OPEN_BATCHES].join('\n');

export const DROP_TABLES = `
DROP INDEX executions_open_in_batch;
${TABLES.map((table) => `DROP TABLE ${table};`).join('\n')}
CREATE INDEX outbox_undone ON outbox (event_id) WHERE done_at IS NULL;
DROP INDEX outbox_done;
DROP INDEX outbox_by_subject;
DROP INDEX outbox_due;
ALTER TABLE outbox DROP COLUMN outcome, DROP COLUMN attempts, DROP COLUMN due_at;
`;
