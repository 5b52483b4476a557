const HEAD = 'SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp';

/**
 * A claim with all that calling along several models, with tools and within budgets needs. `ledger_claim_fairly` decides who
 * is next.
 */
const CLAIM = `
CREATE FUNCTION ledger_claim_due(slots integer, lease_ms integer, id_floor uuid, after_project uuid, passed_over uuid[])
RETURNS TABLE (project_id uuid, execution_id uuid, fence integer, provider text, model_name text, timeout_ms integer,
  attempts_made integer, max_attempts integer, rendered_prompt text, rendered_messages text, temperature double precision,
  top_k integer, top_p double precision, repetition_penalty double precision, max_new_tokens integer, further_params text,
  model_id uuid, targets json, on_budget text, content json)
LANGUAGE plpgsql ${HEAD}
AS $$
DECLARE
  c record;
BEGIN
  PERFORM set_config('app.system', 'on', true);
  -- Row by row and each in a statement of its own: one statement for both would look with a snapshot that is older than the
  -- claim, and lose what was committed in between though it has been claimed.
  FOR c IN SELECT * FROM ledger_claim_fairly(slots, lease_ms, id_floor, after_project, passed_over) LOOP
    RETURN QUERY
      SELECT c.project_id, c.execution_id, c.fence, c.provider, c.model_name, c.timeout_ms, c.attempts_made, c.max_attempts,
        c.rendered_prompt, c.rendered_messages, c.temperature, c.top_k, c.top_p, c.repetition_penalty, c.max_new_tokens,
        c.further_params, e.model_id, e.targets, e.on_budget, v.content
      FROM public.executions e
      LEFT JOIN public.prompt_versions v ON v.project_id = e.project_id AND v.version_id = e.version_id
      WHERE e.project_id = c.project_id AND e.execution_id = c.execution_id;
  END LOOP;
END
$$;
`;

/**
 * Takes back keys that were written for executions which a budget then refused: their requests may be sent again. The keys
 * were written by the statement that calls this, so it must see what that has done so far, as a volatile function does.
 */
const FORGET_KEYS = `
CREATE FUNCTION ledger_forget_keys(refused json) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  IF refused IS NULL THEN
    RETURN;
  END IF;
  DELETE FROM public.idempotency_keys k
  USING json_to_recordset(refused) AS r(project_id uuid, route text, key text, execution_id uuid)
  WHERE k.project_id = r.project_id AND k.route = r.route AND k.key = r.key AND k.execution_id = r.execution_id;
END
$$;
`;

const EXPIRE_CACHE = `
CREATE FUNCTION ledger_expire_responses(most integer) RETURNS integer
LANGUAGE sql VOLATILE ${HEAD}
AS $$
  SELECT set_config('app.system', 'on', true);
  WITH expired AS (
    SELECT c.project_id, c.cache_key FROM public.response_cache c
    WHERE c.expires_at < now()
    ORDER BY c.expires_at
    LIMIT most
    FOR UPDATE SKIP LOCKED
  ), gone AS (
    DELETE FROM public.response_cache c USING expired x
    WHERE c.project_id = x.project_id AND c.cache_key = x.cache_key
    RETURNING 1
  )
  SELECT count(*)::integer FROM gone
$$;
`;

/** Further doors through row-level security beside those of earlier migrations; the other function works in its caller's projects. */
export const SYSTEM_FUNCTIONS = [
  'ledger_claim_due(integer,integer,uuid,uuid,uuid[])',
  'ledger_expire_responses(integer)',
] as const;

const FUNCTIONS = [...SYSTEM_FUNCTIONS, 'ledger_forget_keys(json)'] as const;

const GRANTS = FUNCTIONS.map(
  (signature) => `
REVOKE ALL ON FUNCTION ${signature} FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ${signature} TO prompt_ledger_app;`,
).join('');

/** `ledger_claim_fairly` stays: it decides here too, and processes of the version before call it while a fleet is being replaced. */
export const ADD_FUNCTIONS = [CLAIM, FORGET_KEYS, EXPIRE_CACHE, GRANTS].join('\n');

export const DROP_FUNCTIONS = FUNCTIONS.map((signature) => `DROP FUNCTION ${signature};`).join('\n');
