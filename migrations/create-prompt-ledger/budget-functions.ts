/**
 * Budgets are decided and settled in the database, in the transaction of what they are about, so that no crash comes between
 * money and execution. Whoever changes a period locks it first, and all of them in one order; then holds are made or taken away,
 * and each period is written once.
 */

/** Days and months are UTC's, by the database's clock. */
const PERIOD = `
CREATE FUNCTION ledger_budget_period(period text) RETURNS timestamptz
LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT CASE period WHEN 'total' THEN 'epoch'::timestamptz ELSE date_trunc(period, now(), 'UTC') END $$;
`;

/**
 * Decides about a batch in the order in which its requests came. One `UPDATE … FROM` would apply only one of several requests
 * to the same budget, and overspend; so what is left of each budget is carried from one request to the next here, and written
 * at the end.
 *
 * An entry of `asked`: project_id, execution_id, attempt, arrival, what budgets it may fall under (owner_team, prompt_name,
 * key_id), the most it can cost (input_pico_usd, output_pico_usd a token, max_new_tokens; a null price is not known), and
 * whether it may be cut down (clamp).
 *
 * A verdict: `free` when no budget concerns it; `held`; `clamped` is held for `max_new_tokens` only; `refused` by `budget_id`,
 * which has `left_pico_usd`; `unpriced` and `unbounded` are refused because nobody can say what it may cost. `percent` is how
 * full the fullest of its budgets is afterwards.
 *
 * - An attempt is held once, also when it stands twice in a batch, or when its budgets' period ended in between: the second
 *   batch then locks other rows than the first, and only the key of the hold keeps them apart.
 * - Divisions are cut off (`div`), not rounded: a quotient of `numeric` has few digits behind its point, and one token more than
 *   the money allows is too many.
 * - Limits are read behind the locks: whoever waited for them follows what was changed meanwhile.
 * - What costs nothing passes a budget that is overspent, and a price is known only with both of its halves.
 */
const HOLD = `
CREATE FUNCTION ledger_hold_budgets(asked json, hold_ms double precision)
RETURNS TABLE (execution_id uuid, verdict text, max_new_tokens integer, budget_id uuid, left_pico_usd numeric, percent integer, warned_by uuid)
LANGUAGE plpgsql VOLATILE ROWS 64 SET search_path = pg_catalog, public, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  budgets record;
  taken record;
  entry record;
  concerned integer[];
  at integer;
  room numeric;
  least_room numeric;
  tightest integer;
  need numeric;
  share integer;
  tokens integer;
  is_bound boolean;
  is_priced boolean;
  held numeric[];
  -- What is held in this batch, a place for each: which attempt, how many tokens, and of which budget how much.
  made_projects uuid[] := '{}';
  made_executions uuid[] := '{}';
  made_attempts integer[] := '{}';
  made_tokens integer[] := '{}';
  made_budgets integer[] := '{}';
  made_needs numeric[] := '{}';
BEGIN
  IF asked IS NULL OR asked::text = '[]' THEN
    RETURN;
  END IF;
  -- Row-level security shows the projects of the batch only.
  IF NOT EXISTS (SELECT FROM public.budgets b WHERE b.archived_at IS NULL) THEN
    RETURN QUERY SELECT a.execution_id, 'free', NULL::integer, NULL::uuid, NULL::numeric, NULL::integer, NULL::uuid
      FROM json_to_recordset(asked) AS a(execution_id uuid);
    RETURN;
  END IF;

  -- One row of arrays: every live budget that concerns any of the requests, in the order of the locks.
  SELECT array_agg(b.project_id ORDER BY b.project_id, b.budget_id) AS projects,
    array_agg(b.budget_id ORDER BY b.project_id, b.budget_id) AS ids,
    array_agg(b.scope_kind ORDER BY b.project_id, b.budget_id) AS kinds,
    array_agg(b.scope_value ORDER BY b.project_id, b.budget_id) AS scope_values,
    array_agg(ledger_budget_period(b.period) ORDER BY b.project_id, b.budget_id) AS periods
  INTO budgets
  FROM public.budgets b
  WHERE b.archived_at IS NULL AND EXISTS (
    SELECT FROM json_to_recordset(asked) AS a(project_id uuid, owner_team text, prompt_name text, key_id text)
    WHERE a.project_id = b.project_id AND (b.scope_kind = 'project'
      OR b.scope_value = CASE b.scope_kind WHEN 'owner_team' THEN a.owner_team WHEN 'prompt' THEN a.prompt_name ELSE a.key_id END));

  IF budgets.ids IS NULL THEN
    RETURN QUERY SELECT a.execution_id, 'free', NULL::integer, NULL::uuid, NULL::numeric, NULL::integer, NULL::uuid
      FROM json_to_recordset(asked) AS a(execution_id uuid);
    RETURN;
  END IF;

  INSERT INTO public.budget_periods (project_id, budget_id, period_start)
  SELECT project, id, period FROM unnest(budgets.projects, budgets.ids, budgets.periods) WITH ORDINALITY AS b(project, id, period, nth)
  ORDER BY nth
  ON CONFLICT DO NOTHING;
  PERFORM FROM public.budget_periods p
    JOIN unnest(budgets.projects, budgets.ids, budgets.periods) AS b(project, id, period)
      ON p.project_id = b.project AND p.budget_id = b.id AND p.period_start = b.period
    ORDER BY p.project_id, p.budget_id FOR UPDATE OF p;
  -- What each has taken, and may take by now.
  SELECT array_agg(p.held_pico_usd + p.spent_pico_usd ORDER BY p.project_id, p.budget_id) AS amounts,
    array_agg(l.limit_pico_usd ORDER BY p.project_id, p.budget_id) AS limits,
    array_agg(l.mode = 'hard' ORDER BY p.project_id, p.budget_id) AS hard
  INTO taken
  FROM public.budget_periods p
  JOIN unnest(budgets.projects, budgets.ids, budgets.periods) AS b(project, id, period)
    ON p.project_id = b.project AND p.budget_id = b.id AND p.period_start = b.period
  JOIN public.budgets l ON l.project_id = p.project_id AND l.budget_id = p.budget_id;
  held := taken.amounts;

  FOR entry IN
    SELECT a.*, row_number() OVER (PARTITION BY a.project_id, a.execution_id, a.attempt ORDER BY a.arrival) AS nth,
      EXISTS (SELECT FROM public.budget_holds h
        WHERE h.project_id = a.project_id AND h.execution_id = a.execution_id AND h.attempt = a.attempt) AS is_held
    FROM json_to_recordset(asked) AS a(project_id uuid, execution_id uuid, attempt integer, arrival bigint, owner_team text,
      prompt_name text, key_id text, input_pico_usd numeric, output_pico_usd numeric, max_new_tokens integer, clamp boolean)
    ORDER BY a.arrival, a.execution_id
  LOOP
    execution_id := entry.execution_id;
    verdict := 'free';
    max_new_tokens := NULL; budget_id := NULL; left_pico_usd := NULL; percent := NULL; warned_by := NULL;
    concerned := '{}'; least_room := NULL; tightest := NULL; is_bound := false;
    FOR at IN 1 .. cardinality(budgets.ids) LOOP
      CONTINUE WHEN budgets.projects[at] <> entry.project_id;
      CONTINUE WHEN budgets.kinds[at] <> 'project' AND budgets.scope_values[at] IS DISTINCT FROM
        (CASE budgets.kinds[at] WHEN 'owner_team' THEN entry.owner_team WHEN 'prompt' THEN entry.prompt_name ELSE entry.key_id END);
      concerned := concerned || at;
      CONTINUE WHEN NOT taken.hard[at];
      is_bound := true;
      room := taken.limits[at] - held[at];
      IF least_room IS NULL OR room < least_room THEN
        least_room := room;
        tightest := at;
      END IF;
    END LOOP;

    IF entry.is_held THEN
      -- Sent again after a lost answer: it stands as it was decided then.
      verdict := 'held';
      SELECT f.max_new_tokens INTO max_new_tokens FROM public.executions_in_flight f
      WHERE f.project_id = entry.project_id AND f.execution_id = entry.execution_id;
      -- Of a further attempt that was cut down only the hold says to how much.
      IF coalesce(entry.clamp, false) AND entry.output_pico_usd > 0 THEN
        SELECT least(max_new_tokens::numeric, div(min(h.held_pico_usd) - entry.input_pico_usd, entry.output_pico_usd))::integer
        INTO max_new_tokens
        FROM public.budget_holds h
        WHERE h.project_id = entry.project_id AND h.execution_id = entry.execution_id AND h.attempt = entry.attempt;
      END IF;
    ELSIF entry.nth > 1 AND EXISTS (SELECT FROM unnest(made_executions, made_attempts) AS m(id, attempt)
      WHERE m.id = entry.execution_id AND m.attempt = entry.attempt) THEN
      verdict := 'held';
      SELECT m.tokens INTO max_new_tokens FROM unnest(made_executions, made_attempts, made_tokens) AS m(id, attempt, tokens)
      WHERE m.id = entry.execution_id AND m.attempt = entry.attempt LIMIT 1;
    ELSIF cardinality(concerned) > 0 THEN
      verdict := 'held';
      tokens := entry.max_new_tokens;
      is_priced := entry.input_pico_usd IS NOT NULL AND entry.output_pico_usd IS NOT NULL;
      need := coalesce(entry.input_pico_usd, 0) + coalesce(entry.output_pico_usd * tokens, 0);
      IF is_bound AND NOT is_priced THEN
        verdict := 'unpriced';
      ELSIF is_bound AND tokens IS NULL AND NOT coalesce(entry.clamp, false) AND entry.output_pico_usd > 0 THEN
        verdict := 'unbounded';
      ELSIF is_bound AND (need > greatest(least_room, 0) OR (tokens IS NULL AND entry.output_pico_usd > 0)) THEN
        verdict := 'refused';
        IF coalesce(entry.clamp, false) AND entry.output_pico_usd > 0 AND least_room >= entry.input_pico_usd + entry.output_pico_usd THEN
          verdict := 'clamped';
          tokens := least(div(least_room - entry.input_pico_usd, entry.output_pico_usd), coalesce(tokens, 2147483647))::integer;
          max_new_tokens := tokens;
          need := entry.input_pico_usd + entry.output_pico_usd * tokens;
        END IF;
      END IF;

      IF verdict IN ('held', 'clamped') THEN
        FOREACH at IN ARRAY concerned LOOP
          held[at] := held[at] + need;
          made_projects := made_projects || entry.project_id;
          made_executions := made_executions || entry.execution_id;
          made_attempts := made_attempts || entry.attempt;
          made_tokens := made_tokens || max_new_tokens;
          made_budgets := made_budgets || at;
          made_needs := made_needs || need;
        END LOOP;
      ELSE
        budget_id := budgets.ids[tightest];
        left_pico_usd := greatest(least_room, 0);
      END IF;
    END IF;

    FOREACH at IN ARRAY concerned LOOP
      share := CASE WHEN taken.limits[at] = 0 THEN 100 ELSE least(div(held[at] * 100, taken.limits[at]), 1000)::integer END;
      IF percent IS NULL OR share > percent THEN
        percent := share;
        warned_by := budgets.ids[at];
      END IF;
    END LOOP;
    RETURN NEXT;
  END LOOP;

  IF cardinality(made_needs) = 0 THEN
    RETURN;
  END IF;
  WITH hold AS (
    INSERT INTO public.budget_holds (project_id, execution_id, attempt, budget_id, period_start, held_pico_usd, expires_at)
    SELECT m.project, m.execution, m.attempt, budgets.ids[m.budget], budgets.periods[m.budget], m.need,
      now() + make_interval(secs => hold_ms / 1000)
    FROM unnest(made_projects, made_executions, made_attempts, made_budgets, made_needs) AS m(project, execution, attempt, budget, need)
    ORDER BY m.project, m.execution, m.attempt, m.budget
    ON CONFLICT DO NOTHING
    RETURNING *
  ), summed AS (
    SELECT h.project_id, h.budget_id, h.period_start, sum(h.held_pico_usd) AS held_pico_usd FROM hold h GROUP BY 1, 2, 3
  )
  UPDATE public.budget_periods p SET held_pico_usd = p.held_pico_usd + s.held_pico_usd
  FROM summed s
  WHERE p.project_id = s.project_id AND p.budget_id = s.budget_id AND p.period_start = s.period_start;
END
$$;
`;

/**
 * Ends holds: `ended` has, for each attempt of an execution, what was spent of its hold; null is all of it. A hold that is not
 * there any more was settled before, and is counted once.
 */
const SETTLE = `
CREATE FUNCTION ledger_settle_holds(ended json) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  IF ended IS NULL OR ended::text = '[]' THEN
    RETURN;
  END IF;
  PERFORM FROM public.budget_periods p
    WHERE (p.project_id, p.budget_id, p.period_start) IN (
      SELECT h.project_id, h.budget_id, h.period_start FROM public.budget_holds h
      JOIN json_to_recordset(ended) AS e(project_id uuid, execution_id uuid, attempt integer)
        ON h.project_id = e.project_id AND h.execution_id = e.execution_id AND h.attempt = e.attempt)
    ORDER BY p.project_id, p.budget_id, p.period_start FOR UPDATE;
  WITH gone AS (
    DELETE FROM public.budget_holds h
    USING json_to_recordset(ended) AS e(project_id uuid, execution_id uuid, attempt integer, spent_pico_usd numeric)
    WHERE h.project_id = e.project_id AND h.execution_id = e.execution_id AND h.attempt = e.attempt
    RETURNING h.*, coalesce(e.spent_pico_usd, h.held_pico_usd) AS spent_pico_usd
  ), summed AS (
    SELECT g.project_id, g.budget_id, g.period_start, sum(g.held_pico_usd) AS held_pico_usd, sum(g.spent_pico_usd) AS spent_pico_usd
    FROM gone g GROUP BY 1, 2, 3
  )
  UPDATE public.budget_periods p
  SET held_pico_usd = p.held_pico_usd - s.held_pico_usd, spent_pico_usd = p.spent_pico_usd + s.spent_pico_usd
  FROM summed s
  WHERE p.project_id = s.project_id AND p.budget_id = s.budget_id AND p.period_start = s.period_start;
END
$$;
`;

/**
 * What nobody settled in its time. Of a call that was made nobody knows what it cost: all of its hold is spent. What was never
 * sent (no attempt, or not even an execution) cost nothing. What is in flight keeps its hold.
 *
 * It waits for nobody: a period that somebody works on is left for the next time, with every hold that reaches into it, so that
 * an attempt counts alike in all of its budgets. Whoever settles a hold has its period locked, so behind these locks nobody else
 * is at them.
 */
const EXPIRE = `
CREATE FUNCTION ledger_expire_holds(most integer) RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  ended json;
BEGIN
  PERFORM set_config('app.system', 'on', true);
  WITH candidate AS MATERIALIZED (
    SELECT h.project_id, h.execution_id, h.attempt FROM public.budget_holds h
    WHERE h.expires_at < now() AND NOT EXISTS (
      SELECT FROM public.executions_in_flight f
      WHERE f.project_id = h.project_id AND f.execution_id = h.execution_id)
    GROUP BY 1, 2, 3 ORDER BY min(h.expires_at)
    LIMIT most
  ), held AS MATERIALIZED (
    SELECT h.* FROM public.budget_holds h JOIN candidate c USING (project_id, execution_id, attempt)
  ), locked AS MATERIALIZED (
    SELECT p.project_id, p.budget_id, p.period_start FROM public.budget_periods p
    WHERE (p.project_id, p.budget_id, p.period_start) IN (SELECT h.project_id, h.budget_id, h.period_start FROM held h)
    ORDER BY p.project_id, p.budget_id, p.period_start
    FOR UPDATE SKIP LOCKED
  )
  SELECT json_agg(json_build_object('project_id', c.project_id, 'execution_id', c.execution_id, 'attempt', c.attempt,
    'spent_pico_usd', CASE WHEN NOT EXISTS (SELECT FROM public.execution_attempts a
      WHERE a.project_id = c.project_id AND a.execution_id = c.execution_id AND a.attempt = c.attempt) THEN 0 END))
  INTO ended
  FROM candidate c
  WHERE NOT EXISTS (
    SELECT FROM held h LEFT JOIN locked l USING (project_id, budget_id, period_start)
    WHERE h.project_id = c.project_id AND h.execution_id = c.execution_id AND h.attempt = c.attempt AND l.budget_id IS NULL);
  PERFORM ledger_settle_holds(ended);
  RETURN coalesce(json_array_length(ended), 0);
END
$$;
`;

/** Pico-dollars as dollars, every digit of them and no exponent: what `formatPicoUsd` writes. */
const WIRE_USD = `
CREATE FUNCTION ledger_wire_usd(pico_usd numeric) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT trim_scale(pico_usd * 0.000000000001)::text $$;
`;

/**
 * Spending rises in settlements only, so a trigger on the period tells of thresholds, in the transaction of the settlement and
 * under its lock. A settlement that passes two thresholds at once tells of the higher. A budget that has nobody to tell remembers
 * nothing, so that a callback which is added later hears where the budget stands.
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

export const BUDGET_SYSTEM_FUNCTIONS = ['ledger_expire_holds(integer)'] as const;

export const BUDGET_FUNCTIONS = [
  'ledger_budget_period(text)',
  'ledger_hold_budgets(json,double precision)',
  'ledger_settle_holds(json)',
  'ledger_wire_usd(numeric)',
] as const;

export const CREATE_BUDGET_FUNCTIONS = [PERIOD, HOLD, SETTLE, EXPIRE, WIRE_USD, TELL].join('\n');
