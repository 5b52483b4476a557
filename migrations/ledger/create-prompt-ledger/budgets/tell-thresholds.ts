/** Formats pico-dollars as dollars with every digit and no exponent, as `formatPicoUsd` does. */
const WIRE_USD = `
CREATE FUNCTION ledger_wire_usd(pico_usd numeric) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT trim_scale(pico_usd * 0.000000000001)::text $$;
`;

/**
 * Spending rises in settlements only, so a trigger on the period announces thresholds, in the transaction of the settlement and
 * under its lock. A settlement that passes two thresholds at once announces the higher. A budget without a callback remembers
 * nothing, so that a callback which is added later learns where the budget stands.
 */
const TELL = `
CREATE FUNCTION ledger_tell_threshold() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  WITH reached AS MATERIALIZED (
    SELECT b.*, t.percent FROM public.budgets b CROSS JOIN (VALUES (50), (80), (100)) AS t(percent)
    WHERE b.project_id = NEW.project_id AND b.budget_id = NEW.budget_id
      AND b.archived_at IS NULL AND b.callback_url IS NOT NULL
      AND t.percent > NEW.told_percent AND NEW.spent_pico_usd * 100 >= b.limit_pico_usd * t.percent
    ORDER BY t.percent DESC
    LIMIT 1
  ), told AS (
    UPDATE public.budget_periods p SET told_percent = r.percent
    FROM reached r
    WHERE p.project_id = NEW.project_id AND p.budget_id = NEW.budget_id AND p.period_start = NEW.period_start
  )
  INSERT INTO public.outbox (project_id, kind, subject, due_at, body)
  SELECT r.project_id, 'budget.threshold', r.budget_id::text, now(), json_build_object(
    'url', r.callback_url,
    'event', json_build_object(
      'type', 'budget.threshold',
      'timestamp', ledger_wire_time(now()),
      'data', json_build_object(
        'budget_id', r.budget_id,
        'name', r.name,
        'scope', r.scope_kind,
        'scope_value', r.scope_value,
        'period', r.period,
        'period_start', CASE WHEN r.period <> 'total' THEN ledger_wire_time(NEW.period_start) END,
        'limit_usd', ledger_wire_usd(r.limit_pico_usd),
        'spent_usd', ledger_wire_usd(NEW.spent_pico_usd),
        'held_usd', ledger_wire_usd(NEW.held_pico_usd),
        'percent', r.percent,
        'mode', r.mode)))
  FROM reached r;
  RETURN NULL;
END
$$;

CREATE TRIGGER budget_periods_tell AFTER UPDATE OF spent_pico_usd ON budget_periods
FOR EACH ROW WHEN (NEW.spent_pico_usd > OLD.spent_pico_usd AND NEW.told_percent < 100)
EXECUTE FUNCTION ledger_tell_threshold();
`;

export const TELL_FUNCTIONS = ['ledger_wire_usd(numeric)'] as const;

export const CREATE_TELL_THRESHOLDS = [WIRE_USD, TELL].join('\n');
