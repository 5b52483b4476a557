const PROJECTS_IN_SCOPE = `project_id = ANY ((SELECT nullif(current_setting('app.project_ids', true), '')::uuid[])::uuid[])`;

/**
 * A named list of models. The list is one value, read and replaced as a whole: nobody asks for a row of it, and two
 * who replace it at once must not end up with half of each. A name is free again when its route was deleted.
 */
export const ADD_TABLES = `
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
ALTER TABLE model_routes ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON model_routes TO prompt_ledger_app USING (${PROJECTS_IN_SCOPE}) WITH CHECK (${PROJECTS_IN_SCOPE});
CREATE POLICY system ON model_routes TO CURRENT_USER USING (current_setting('app.system', true) = 'on') WITH CHECK (current_setting('app.system', true) = 'on');
GRANT SELECT, INSERT, UPDATE (strategy, targets, description, updated_at, deleted_at) ON model_routes TO prompt_ledger_app;
`;

/** Tables that this migration makes. */
export const TABLES = ['model_routes'] as const;

export const DROP_TABLES = 'DROP TABLE model_routes;';
