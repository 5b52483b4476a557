export const ADD_COLUMN = `ALTER TABLE execution_attempts ADD COLUMN is_free boolean`;
export const DROP_COLUMN = `ALTER TABLE execution_attempts DROP COLUMN is_free`;

/** What the caller of the provider found: it knows whether the vendor had begun to answer. */
export const BY_VERDICT = 'n.is_free';

/** By the time of the first piece, which a whole answer does not have. */
export const BY_FIRST_TOKEN = `n.first_token_ms IS NULL
        AND n.error_type IN ('rate_limited', 'provider_rejected', 'provider_error', 'internal')`;

/** Settles the holds of attempts that are over, as far as their cost is known: a free failure cost nothing. */
export function settleAttempts(isFree: string): string {
  return `
CREATE OR REPLACE FUNCTION ledger_settle_attempts() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  ended json;
BEGIN
  SELECT json_agg(json_build_object('project_id', n.project_id, 'execution_id', n.execution_id, 'attempt', n.attempt,
    'spent_pico_usd', CASE WHEN n.status = 'failed' THEN coalesce(n.cost_pico_usd, 0) ELSE n.cost_pico_usd END))
  INTO ended
  FROM after_rows n
  JOIN before_rows o ON o.project_id = n.project_id AND o.execution_id = n.execution_id AND o.attempt = n.attempt
  WHERE n.status <> o.status
    AND (n.status = 'succeeded' OR n.cost_pico_usd IS NOT NULL
      OR (n.status = 'failed' AND ${isFree}))
    AND EXISTS (SELECT FROM public.budget_holds h
      WHERE h.project_id = n.project_id AND h.execution_id = n.execution_id AND h.attempt = n.attempt);
  IF ended IS NOT NULL THEN
    PERFORM ledger_settle_holds(ended);
  END IF;
  RETURN NULL;
END
$$;
`;
}
