/**
 * Money is whole pico-dollars: a price in micro-dollars per million tokens is that many pico-dollars a token, so nothing is ever
 * rounded. `numeric`, because nine million dollars are more of them than a bigint holds.
 */
export const CREATE_BUDGETS = `
CREATE TABLE budgets (
  project_id uuid NOT NULL REFERENCES projects,
  budget_id uuid NOT NULL DEFAULT ledger_uuid7(),
  name text NOT NULL,
  scope_kind text NOT NULL CHECK (scope_kind IN ('project', 'owner_team', 'prompt', 'api_key')),
  scope_value text,
  period text NOT NULL CHECK (period IN ('day', 'month', 'total')),
  limit_pico_usd numeric NOT NULL CHECK (limit_pico_usd >= 0),
  mode text NOT NULL CHECK (mode IN ('hard', 'soft')),
  callback_url text,
  created_by text,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  archived_at timestamptz,
  PRIMARY KEY (project_id, budget_id),
  CONSTRAINT budgets_scope_value CHECK ((scope_kind = 'project') = (scope_value IS NULL))
);
CREATE INDEX budgets_live ON budgets (project_id, budget_id) WHERE archived_at IS NULL;

CREATE TABLE budget_periods (
  project_id uuid NOT NULL,
  budget_id uuid NOT NULL,
  period_start timestamptz NOT NULL,
  held_pico_usd numeric NOT NULL DEFAULT 0 CONSTRAINT budget_periods_held_check CHECK (held_pico_usd >= 0),
  spent_pico_usd numeric NOT NULL DEFAULT 0 CONSTRAINT budget_periods_spent_check CHECK (spent_pico_usd >= 0),
  told_percent integer NOT NULL DEFAULT 0,
  PRIMARY KEY (project_id, budget_id, period_start),
  FOREIGN KEY (project_id, budget_id) REFERENCES budgets
);

CREATE TABLE budget_holds (
  project_id uuid NOT NULL,
  execution_id uuid NOT NULL,
  attempt integer NOT NULL CHECK (attempt > 0),
  budget_id uuid NOT NULL,
  period_start timestamptz NOT NULL,
  held_pico_usd numeric NOT NULL CHECK (held_pico_usd >= 0),
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (project_id, execution_id, attempt, budget_id),
  FOREIGN KEY (project_id, budget_id, period_start) REFERENCES budget_periods
);
CREATE INDEX budget_holds_expiry ON budget_holds (expires_at);
`;
