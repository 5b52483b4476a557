import type { CountColumn, Counting } from './columns.js';

const FINAL = `('succeeded', 'failed', 'canceled')`;
const HOUR = `date_trunc('hour', n.created_at, 'UTC')`;
const GRAINS = `(VALUES
    ('hour', ${HOUR}), ('day', date_trunc('day', n.created_at, 'UTC')), ('all', '-infinity'::timestamptz)) AS g (grain, period)`;

const namesOf = (columns: readonly CountColumn[]) => columns.map(({ name }) => name).join(', ');
const valuesOf = (columns: readonly CountColumn[]) =>
  columns.map(({ ofExecutions }) => ofExecutions).join(', ');

function countInto(
  { dimensions, measures, counted }: Counting,
  into: { readonly table: string; readonly columns: string; readonly period: string; readonly from: string },
): string {
  return `
  INSERT INTO public.${into.table} (project_id, ${into.columns}, ${namesOf(dimensions)}, ${namesOf(measures)})
  SELECT n.project_id, ${into.period}, ${valuesOf(dimensions)}, ${valuesOf(measures)}
  FROM ${into.from}
  WHERE n.status IN ${FINAL} AND ${counted}
  GROUP BY n.project_id, ${into.period}, ${valuesOf(dimensions)};`;
}

/** The triggers themselves stay as they are, and so call this from the commit on. */
function countingFunction(counting: Counting, name: string, from: string): string {
  return `
CREATE OR REPLACE FUNCTION ${name}() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN${countInto(counting, { table: 'execution_deltas', columns: 'hour', period: HOUR, from })}
  RETURN NULL;
END
$$;
`;
}

/** What is final from the beginning, and what becomes final. */
export function countingFunctions(counting: Counting): string {
  const updated = `now_rows n JOIN was_rows w ON w.project_id = n.project_id AND w.execution_id = n.execution_id AND w.status NOT IN ${FINAL}`;
  return [
    countingFunction(counting, 'ledger_count_inserted', 'now_rows n'),
    countingFunction(counting, 'ledger_count_updated', updated),
  ].join('\n');
}

/** In one reading of the table. The owner sees it only while app.system is on. */
export function countAll(counting: Counting): string {
  const from = `public.executions n CROSS JOIN LATERAL ${GRAINS}`;
  return `
SELECT set_config('app.system', 'on', true);
${countInto(counting, { table: 'execution_rollups', columns: 'grain, period', period: 'g.grain, g.period', from })}
SELECT set_config('app.system', '', true);
`;
}

/** As before, of other columns: who may call it stays too. */
export function foldFunction({ dimensions, measures }: Counting): string {
  const key = ['project_id', 'grain', 'period', ...dimensions.map(({ name }) => name)].join(', ');
  return `
CREATE OR REPLACE FUNCTION ledger_fold_executions(most integer) RETURNS integer
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
    INSERT INTO public.execution_rollups AS r (${key}, ${namesOf(measures)})
    SELECT ${key}, ${measures.map(({ name }) => `sum(${name})`).join(', ')}
    FROM taken CROSS JOIN LATERAL (VALUES
      ('hour', hour), ('day', date_trunc('day', hour, 'UTC')), ('all', '-infinity'::timestamptz)) AS g (grain, period)
    GROUP BY ${key}
    ON CONFLICT (${key}) DO UPDATE SET
      ${measures.map(({ name }) => `${name} = r.${name} + excluded.${name}`).join(',\n      ')}
  )
  SELECT count(*) INTO folded FROM taken;
  RETURN folded;
END
$$;
`;
}
