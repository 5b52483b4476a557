const PROJECTS_IN_SCOPE = `project_id = ANY ((SELECT nullif(current_setting('app.project_ids', true), '')::uuid[])::uuid[])`;

/**
 * What a model costs from a time on, in whole micro-dollars for a million tokens. Of the rows that are valid at an instant
 * the one that began last counts, so that a price may be announced while another is in force.
 *
 * Executions will point to the row that they were priced by, so its figures never change, and it is never deleted: the
 * application may end it, say better where it comes from, or take it out of the list. There is one price from one time on,
 * among those that are on the list.
 */
export const ADD_TABLES = `
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
ALTER TABLE model_prices ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON model_prices TO prompt_ledger_app USING (${PROJECTS_IN_SCOPE}) WITH CHECK (${PROJECTS_IN_SCOPE});
CREATE POLICY system ON model_prices TO CURRENT_USER USING (current_setting('app.system', true) = 'on') WITH CHECK (current_setting('app.system', true) = 'on');
GRANT SELECT, INSERT, UPDATE (valid_to, source, deleted_at) ON model_prices TO prompt_ledger_app;
`;

/** Tables that this migration makes. */
export const TABLES = ['model_prices'] as const;

export const DROP_TABLES = 'DROP TABLE model_prices;';
