import { DIMENSIONS, MEASURES } from './tables.js';

const KEY = ['project_id', 'grain', 'period', ...DIMENSIONS].join(', ');

/**
 * Moves what has gathered into the rollups, in one statement: who reads both in one statement finds each execution
 * exactly once, before or after. One at a time, so that no two wait for each other's rows; whoever comes second has
 * nothing to do. Deltas of transactions that are not committed yet are not seen, and come with the next.
 */
const FOLD = `
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
    INSERT INTO public.execution_rollups AS r (${KEY}, ${MEASURES.join(', ')})
    SELECT ${KEY}, ${MEASURES.map((measure) => `sum(${measure})`).join(', ')}
    FROM taken CROSS JOIN LATERAL (VALUES
      ('hour', hour), ('day', date_trunc('day', hour, 'UTC')), ('all', '-infinity'::timestamptz)) AS g (grain, period)
    GROUP BY ${KEY}
    ON CONFLICT (${KEY}) DO UPDATE SET
      ${MEASURES.map((measure) => `${measure} = r.${measure} + excluded.${measure}`).join(',\n      ')}
  )
  SELECT count(*) INTO folded FROM taken;
  RETURN folded;
END
$$;
`;

/** Signatures, as `regprocedure` prints them. Further doors through row-level security beside those of earlier migrations. */
export const SYSTEM_FUNCTIONS = ['ledger_fold_executions(integer)'] as const;

const GRANTS = SYSTEM_FUNCTIONS.map(
  (signature) => `
REVOKE ALL ON FUNCTION ${signature} FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ${signature} TO prompt_ledger_app;`,
).join('');

export const ADD_FUNCTIONS = [FOLD, GRANTS].join('\n');

export const DROP_FUNCTIONS = SYSTEM_FUNCTIONS.map((signature) => `DROP FUNCTION ${signature};`).join('\n');
