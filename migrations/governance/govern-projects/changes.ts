/**
 * A change asks for a pointer of a protected environment to move. The row holds from its start what approvals are bound to: where the
 * pointer stood, the checksum of its new target, the revision of the environment's rules, and the ids
 * of the evidence. `opened_by` is a principal (see `users.made_by`), and `opened_by_name` is the name that people read.
 */
const CHANGES = `
CREATE TABLE changes (
  project_id uuid NOT NULL REFERENCES projects,
  change_id uuid NOT NULL DEFAULT ledger_uuid7(),
  kind text NOT NULL DEFAULT 'version' CHECK (kind IN ('version', 'rollout')),
  status text NOT NULL DEFAULT 'open'
    CHECK (status IN ('open', 'approved', 'applied', 'rejected', 'withdrawn', 'stale', 'expired')),
  prompt_id uuid NOT NULL,
  environment text NOT NULL,
  from_version_id uuid,
  to_version_id uuid NOT NULL,
  checksum_hash text NOT NULL,
  reason text NOT NULL,
  evidence json NOT NULL DEFAULT '[]',
  opened_by text NOT NULL,
  opened_by_name text NOT NULL,
  opened_by_key uuid,
  opened_at timestamptz NOT NULL DEFAULT now(),
  required_approvals integer NOT NULL,
  approval_teams text[] NOT NULL DEFAULT '{}',
  policy_revision bigint NOT NULL,
  expires_at timestamptz NOT NULL,
  closed_at timestamptz,
  closed_by_name text,
  emergency boolean NOT NULL DEFAULT false,
  review text CHECK (review IN ('open', 'closed')),
  PRIMARY KEY (project_id, change_id),
  FOREIGN KEY (project_id, prompt_id, to_version_id) REFERENCES prompt_versions (project_id, prompt_id, version_id)
);
CREATE INDEX changes_by_prompt ON changes (project_id, prompt_id, change_id);
CREATE INDEX changes_by_status ON changes (project_id, status, change_id);

CREATE TABLE change_reviews (
  project_id uuid NOT NULL,
  change_id uuid NOT NULL,
  reviewer text NOT NULL,
  reviewer_name text NOT NULL,
  key_id uuid,
  verdict text NOT NULL CHECK (verdict IN ('approved', 'rejected')),
  comment text,
  reviewed_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (project_id, change_id, reviewer),
  FOREIGN KEY (project_id, change_id) REFERENCES changes
);
`;

/** The former columns stay: `actor` is the name that people read, `subject` is `type/name`. */
const AUDIT = `
ALTER TABLE audit_log
  ADD COLUMN actor_kind text CHECK (actor_kind IN ('person', 'service', 'key', 'instance')),
  ADD COLUMN user_id uuid,
  ADD COLUMN subject_id text,
  ADD COLUMN reason text;
CREATE INDEX audit_log_by_actor ON audit_log (project_id, actor, audit_id);
CREATE INDEX audit_log_by_action ON audit_log (project_id, action, audit_id);
CREATE INDEX audit_log_by_subject ON audit_log (project_id, subject, audit_id);
`;

export const CREATE_CHANGES = [CHANGES, AUDIT].join('\n');

export const DROP_CHANGES = `
DROP INDEX audit_log_by_subject;
DROP INDEX audit_log_by_action;
DROP INDEX audit_log_by_actor;
ALTER TABLE audit_log DROP COLUMN reason, DROP COLUMN subject_id, DROP COLUMN user_id, DROP COLUMN actor_kind;
DROP TABLE change_reviews;
DROP TABLE changes;
`;
