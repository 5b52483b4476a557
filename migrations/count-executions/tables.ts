const PROJECTS_IN_SCOPE = `project_id = ANY ((SELECT nullif(current_setting('app.project_ids', true), '')::uuid[])::uuid[])`;

function secure(table: string): string {
  return `
ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON ${table} TO prompt_ledger_app USING (${PROJECTS_IN_SCOPE}) WITH CHECK (${PROJECTS_IN_SCOPE});
CREATE POLICY system ON ${table} TO CURRENT_USER USING (current_setting('app.system', true) = 'on') WITH CHECK (current_setting('app.system', true) = 'on');`;
}

/** By what executions are counted, beside project and time. */
export const DIMENSIONS = [
  'prompt_id',
  'prompt_mode',
  'version_id',
  'model_id',
  'environment',
  'status',
] as const;

const DIMENSION_COLUMNS = `
  prompt_id uuid NOT NULL,
  prompt_mode text NOT NULL,
  version_id uuid NOT NULL,
  model_id uuid NOT NULL,
  environment text NOT NULL,
  status text NOT NULL`;

/** Sums go with the number of executions that they are over: what a provider did not say is not 0. */
export const MEASURES = [
  'executions',
  'latency_count',
  'latency_sum_ms',
  'prompt_tokens_count',
  'prompt_tokens_sum',
  'response_tokens_count',
  'response_tokens_sum',
] as const;

const MEASURE_COLUMNS = MEASURES.map((measure) => `\n  ${measure} bigint NOT NULL`).join(',');

/**
 * What a statement has made final, grouped. Rows are only added, and taken away again by the fold: a counter that each
 * finish raised would be a row that all of them wait for.
 */
const DELTAS = `
CREATE TABLE execution_deltas (
  project_id uuid NOT NULL,
  delta_id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  hour timestamptz NOT NULL,${DIMENSION_COLUMNS},${MEASURE_COLUMNS},
  PRIMARY KEY (project_id, delta_id)
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000,
  autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 5000);
${secure('execution_deltas')}
GRANT SELECT, INSERT ON execution_deltas TO prompt_ledger_app;
`;

/**
 * The same counts by the hour, by the day (both in UTC), and of all time, whose period is `-infinity`. A span of a year
 * is read as some hours and many days, and the most frequent question, everything there is, as a row for each
 * combination. Hot rows are updated every few seconds: with room in the page and no index on what changes, in place.
 */
const ROLLUPS = `
CREATE TABLE execution_rollups (
  project_id uuid NOT NULL,
  grain text NOT NULL CHECK (grain IN ('hour', 'day', 'all')),
  period timestamptz NOT NULL,${DIMENSION_COLUMNS},${MEASURE_COLUMNS},
  PRIMARY KEY (project_id, grain, period, ${DIMENSIONS.join(', ')})
) WITH (fillfactor = 70);
${secure('execution_rollups')}
GRANT SELECT ON execution_rollups TO prompt_ledger_app;
`;

/** Tables that this migration makes. */
export const TABLES = ['execution_deltas', 'execution_rollups'] as const;

export const ADD_TABLES = [DELTAS, ROLLUPS].join('\n');

export const DROP_TABLES = TABLES.map((table) => `DROP TABLE ${table};`).join('\n');
