/** A column that groups or sums executions, and its value for ended rows `n`. */
interface CountColumn {
  readonly name: string;
  readonly value: string;
}

/** Stands for a missing id in a key, which has no room for NULL. */
const NO_ID = `'00000000-0000-0000-0000-000000000000'::uuid`;

const DIMENSIONS: readonly CountColumn[] = [
  { name: 'prompt_id', value: `coalesce(n.prompt_id, ${NO_ID})` },
  { name: 'prompt_mode', value: `coalesce(n.prompt_mode, '')` },
  { name: 'version_id', value: `coalesce(n.version_id, ${NO_ID})` },
  { name: 'model_id', value: 'n.model_id' },
  { name: 'environment', value: 'n.environment' },
  { name: 'status', value: 'n.status' },
  { name: 'key_id', value: `coalesce(n.key_id, ${NO_ID})` },
  { name: 'owner_team', value: `coalesce(n.owner_team, '')` },
];

/** Returns the number of known values, and their sum: a value that a provider did not report is not 0. */
const countAndSum = (column: string): CountColumn[] => [
  { name: `${column}_count`, value: `count(n.${column})` },
  { name: `${column}_sum`, value: `coalesce(sum(n.${column}), 0)` },
];

/** Latency covers only successes: how long a failure took says nothing about the next call. */
const SUCCEEDED = `FILTER (WHERE n.status = 'succeeded')`;

const MEASURES: readonly CountColumn[] = [
  { name: 'executions', value: 'count(*)' },
  { name: 'latency_count', value: `count(n.latency_ms) ${SUCCEEDED}` },
  { name: 'latency_sum_ms', value: `coalesce(sum(n.latency_ms) ${SUCCEEDED}, 0)` },
  ...countAndSum('prompt_tokens'),
  ...countAndSum('response_tokens'),
  ...countAndSum('cached_prompt_tokens'),
  ...countAndSum('reasoning_tokens'),
  { name: 'cost_count', value: 'count(n.cost_pico_usd)' },
  { name: 'cost_sum_pico_usd', value: 'coalesce(sum(n.cost_pico_usd), 0)' },
];

const listNames = (columns: readonly CountColumn[]) => columns.map(({ name }) => name).join(', ');
const listValues = (columns: readonly CountColumn[]) => columns.map(({ value }) => value).join(', ');

const HOUR = `date_trunc('hour', n.created_at, 'UTC')`;

/**
 * The columns of `executions` that {@link countEnded} reads: what an `INSERT … RETURNING` has to return.
 */
export const COUNTED_COLUMNS = `project_id, prompt_id, prompt_mode, version_id, model_id, environment, status, key_id, owner_team,
      created_at, latency_ms, prompt_tokens, response_tokens, cached_prompt_tokens, reasoning_tokens, cost_pico_usd`;

/**
 * An INSERT that counts executions, for the statement that ends them: a few rows for each batch, grouped from those that it ended. Rows are
 * only added, because all endings would wait for the row of a shared counter.
 * @param ended the name of rows with the {@link COUNTED_COLUMNS}.
 */
export function countEnded(ended: string): string {
  return `INSERT INTO public.execution_deltas (project_id, hour, ${listNames(DIMENSIONS)}, ${listNames(MEASURES)})
    SELECT n.project_id, ${HOUR}, ${listValues(DIMENSIONS)}, ${listValues(MEASURES)}
    FROM ${ended} n GROUP BY n.project_id, ${HOUR}, ${listValues(DIMENSIONS)}`;
}

const COLUMNS = `
  prompt_id uuid NOT NULL,
  prompt_mode text NOT NULL,
  version_id uuid NOT NULL,
  model_id uuid NOT NULL,
  environment text NOT NULL,
  status text NOT NULL,
  key_id uuid NOT NULL,
  owner_team text NOT NULL,${MEASURES.map(
    // Sums of costs are numeric, because a bigint does not hold nine million dollars in pico-dollars.
    ({ name }) => `\n  ${name} ${name === 'cost_sum_pico_usd' ? 'numeric' : 'bigint'} NOT NULL`,
  ).join(',')}`;

const ROLLUP_KEY = ['project_id', 'grain', 'period', ...DIMENSIONS.map(({ name }) => name)].join(', ');

/**
 * Deltas count what has ended since the last fold. Rollups hold the same counts by the hour, by the day (both in UTC), and of all
 * time, whose period is `-infinity`, so a year is read as some hours and many days. Hot rows are updated every few
 * seconds, in place, with room in the page and no index on what changes.
 */
export const CREATE_COUNTS = `
CREATE TABLE execution_deltas (
  project_id uuid NOT NULL,
  delta_id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  hour timestamptz NOT NULL,${COLUMNS},
  PRIMARY KEY (project_id, delta_id)
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000,
  autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 5000);

CREATE TABLE execution_rollups (
  project_id uuid NOT NULL,
  grain text NOT NULL CHECK (grain IN ('hour', 'day', 'all')),
  period timestamptz NOT NULL,${COLUMNS},
  PRIMARY KEY (${ROLLUP_KEY})
) WITH (fillfactor = 70);
`;

/**
 * Moves the gathered deltas into the rollups in one statement, so that a single statement that reads both counts each execution exactly
 * once. One process folds at a time, so that no two wait for each other's rows; a second one does nothing. Deltas
 * of uncommitted transactions are not visible yet, and the next fold takes them.
 */
export const CREATE_FOLD = `
CREATE FUNCTION ledger_fold_executions(most integer) RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  folded integer;
BEGIN
  PERFORM set_config('app.system', 'on', true);
  IF NOT pg_try_advisory_xact_lock(hashtext('ledger_fold_executions')) THEN RETURN 0; END IF;
  WITH taken AS (
    DELETE FROM public.execution_deltas d
    WHERE d.ctid = ANY (ARRAY(SELECT ctid FROM public.execution_deltas LIMIT most FOR UPDATE SKIP LOCKED))
    RETURNING d.*
  ), summed AS (
    INSERT INTO public.execution_rollups AS r (${ROLLUP_KEY}, ${listNames(MEASURES)})
    SELECT ${ROLLUP_KEY}, ${MEASURES.map(({ name }) => `sum(${name})`).join(', ')}
    FROM taken CROSS JOIN LATERAL (VALUES
      ('hour', hour), ('day', date_trunc('day', hour, 'UTC')), ('all', '-infinity'::timestamptz)) AS g (grain, period)
    GROUP BY ${ROLLUP_KEY}
    ON CONFLICT (${ROLLUP_KEY}) DO UPDATE SET
      ${MEASURES.map(({ name }) => `${name} = r.${name} + excluded.${name}`).join(',\n      ')}
  )
  SELECT count(*) INTO folded FROM taken;
  RETURN folded;
END
$$;
`;
