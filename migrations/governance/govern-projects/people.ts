/**
 * People and service accounts belong to the instance, because one person works in several projects. `members` and `teams` say what they may
 * do in each project.
 *
 * `made_by` is a principal: `instance`, `user:<id>`, or `key:<id>` for a key that belongs to nobody. It decides whether two identities
 * belong to one person, so it is an id and never a name.
 */
const USERS = `
CREATE TABLE users (
  user_id uuid PRIMARY KEY DEFAULT ledger_uuid7(),
  kind text NOT NULL CHECK (kind IN ('person', 'service')),
  email text,
  name text NOT NULL,
  issuer text,
  subject text,
  made_by text NOT NULL DEFAULT 'instance',
  created_at timestamptz NOT NULL DEFAULT now(),
  disabled_at timestamptz,
  CONSTRAINT users_identity UNIQUE (issuer, subject)
);
CREATE UNIQUE INDEX users_email ON users (lower(email)) WHERE email IS NOT NULL;
`;

const MEMBERS = `
CREATE TABLE members (
  project_id uuid NOT NULL REFERENCES projects,
  user_id uuid NOT NULL REFERENCES users,
  role text NOT NULL CHECK (role IN ('viewer', 'runner', 'editor', 'approver', 'admin')),
  added_at timestamptz NOT NULL DEFAULT now(),
  added_by text NOT NULL,
  PRIMARY KEY (project_id, user_id)
);
CREATE INDEX members_user ON members (user_id);

CREATE TABLE teams (
  project_id uuid NOT NULL REFERENCES projects,
  name text COLLATE "C" NOT NULL,
  role text NOT NULL CHECK (role IN ('viewer', 'runner', 'editor', 'approver', 'admin')),
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (project_id, name)
);

CREATE TABLE team_members (
  project_id uuid NOT NULL,
  team text COLLATE "C" NOT NULL,
  user_id uuid NOT NULL REFERENCES users,
  PRIMARY KEY (project_id, team, user_id),
  FOREIGN KEY (project_id, team) REFERENCES teams ON DELETE CASCADE
);
CREATE INDEX team_members_user ON team_members (user_id);
`;

/** A key with a role has the current scopes of that role. A key without one keeps the scopes that it was made with. */
const KEYS = `
ALTER TABLE api_keys
  ADD COLUMN user_id uuid REFERENCES users,
  ADD COLUMN role text CHECK (role IN ('viewer', 'runner', 'editor', 'approver', 'admin')),
  ADD COLUMN made_by text NOT NULL DEFAULT 'instance',
  ADD COLUMN previous_secret_hmac bytea,
  ADD COLUMN previous_until timestamptz;
ALTER TABLE projects ADD COLUMN settings json NOT NULL DEFAULT '{}';
`;

export const CREATE_PEOPLE = [USERS, MEMBERS, KEYS].join('\n');

export const DROP_PEOPLE = `
ALTER TABLE projects DROP COLUMN settings;
ALTER TABLE api_keys DROP COLUMN previous_until, DROP COLUMN previous_secret_hmac, DROP COLUMN made_by, DROP COLUMN role, DROP COLUMN user_id;
DROP TABLE team_members;
DROP TABLE teams;
DROP TABLE members;
DROP TABLE users;
`;
