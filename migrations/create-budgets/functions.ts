/**
 * Budgets are decided and settled in the database, in the transaction of what they are about, so that no crash comes
 * between money and execution. Whoever changes a period locks it first, and all of them in one order; then holds are
 * made, or taken away, and each period is written once.
 */

/**
 * Decides about a batch in the order in which its requests came. One `UPDATE … FROM` would apply only one of several
 * requests to the same budget, and overspend; so what is left of each budget is carried from one request to the next
 * here, and written at the end.
 *
 * An entry of `asked`: project_id, execution_id, attempt, arrival, what budgets it may fall under (owner_team,
 * prompt_name, key_id), the most it can cost (input_pico_usd, output_pico_usd a token, max_new_tokens; input_pico_usd
 * null: it has no price), and whether it may be cut down (clamp).
 *
 * A verdict: `free` no budget concerns it; `held`; `clamped` held, for `max_new_tokens` only; `refused` by `budget_id`,
 * which has `left_pico_usd`; `unpriced` and `unbounded` refused, because nobody can say what it may cost. `percent` is
 * how full the fullest of its budgets is afterwards.
 */
const HOLD = `
CREATE FUNCTION ledger_hold_budgets(asked json, hold_ms double precision)
RETURNS TABLE (execution_id uuid, verdict text, max_new_tokens integer, budget_id uuid, left_pico_usd numeric, percent integer, warned_by uuid)
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, public, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  budgets record;
  entry record;
  concerned integer[];
  at integer;
  room numeric;
  least_room numeric;
  tightest integer;
  need numeric;
  share integer;
  fullest integer;
  tokens integer;
  is_bound boolean;
  held numeric[];
  made json[] := '{}';
BEGIN
  -- One row of arrays: every live budget that concerns any of the requests, in the order of the locks.
  SELECT array_agg(b.project_id ORDER BY b.project_id, b.budget_id) AS projects,
    array_agg(b.budget_id ORDER BY b.project_id, b.budget_id) AS ids,
    array_agg(b.scope_kind ORDER BY b.project_id, b.budget_id) AS kinds,
    array_agg(b.scope_value ORDER BY b.project_id, b.budget_id) AS scope_values,
    array_agg(b.mode = 'hard' ORDER BY b.project_id, b.budget_id) AS hard,
    array_agg(b.limit_pico_usd ORDER BY b.project_id, b.budget_id) AS limits,
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
  -- What each has taken, read after the locks.
  SELECT array_agg(p.held_pico_usd + p.spent_pico_usd ORDER BY p.project_id, p.budget_id) INTO held
  FROM public.budget_periods p
  JOIN unnest(budgets.projects, budgets.ids, budgets.periods) AS b(project, id, period)
    ON p.project_id = b.project AND p.budget_id = b.id AND p.period_start = b.period;

  FOR entry IN
    SELECT * FROM json_to_recordset(asked) AS a(project_id uuid, execution_id uuid, attempt integer, arrival bigint, owner_team text,
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
      CONTINUE WHEN NOT budgets.hard[at];
      is_bound := true;
      room := budgets.limits[at] - held[at];
      IF least_room IS NULL OR room < least_room THEN
        least_room := room;
        tightest := at;
      END IF;
    END LOOP;

    IF cardinality(concerned) > 0 AND EXISTS (SELECT FROM public.budget_holds h
      WHERE h.project_id = entry.project_id AND h.execution_id = entry.execution_id AND h.attempt = entry.attempt) THEN
      -- Sent again after a lost answer: it stands as it was decided then.
      verdict := 'held';
      SELECT e.max_new_tokens INTO max_new_tokens FROM public.executions e
      WHERE e.project_id = entry.project_id AND e.execution_id = entry.execution_id;
    ELSIF cardinality(concerned) > 0 THEN
      verdict := 'held';
      tokens := entry.max_new_tokens;
      IF is_bound AND entry.input_pico_usd IS NULL THEN
        verdict := 'unpriced';
      ELSIF is_bound AND tokens IS NULL AND NOT coalesce(entry.clamp, false) AND entry.output_pico_usd > 0 THEN
        verdict := 'unbounded';
      ELSE
        need := coalesce(entry.input_pico_usd, 0) + coalesce(entry.output_pico_usd * tokens, 0);
        IF is_bound AND (need > least_room OR (tokens IS NULL AND entry.output_pico_usd > 0)) THEN
          verdict := 'refused';
          IF coalesce(entry.clamp, false) AND entry.output_pico_usd > 0 AND least_room >= entry.input_pico_usd + entry.output_pico_usd THEN
            verdict := 'clamped';
            tokens := least(floor((least_room - entry.input_pico_usd) / entry.output_pico_usd), 2147483647)::integer;
            tokens := least(tokens, coalesce(entry.max_new_tokens, tokens));
            max_new_tokens := tokens;
            need := entry.input_pico_usd + entry.output_pico_usd * tokens;
          END IF;
        END IF;
      END IF;

      IF verdict IN ('held', 'clamped') THEN
        FOREACH at IN ARRAY concerned LOOP
          held[at] := held[at] + need;
          made := made || json_build_object('project_id', entry.project_id, 'execution_id', entry.execution_id, 'attempt', entry.attempt,
            'budget_id', budgets.ids[at], 'period_start', budgets.periods[at], 'held_pico_usd', need);
        END LOOP;
      ELSE
        budget_id := budgets.ids[tightest];
        left_pico_usd := greatest(least_room, 0);
      END IF;
      FOREACH at IN ARRAY concerned LOOP
        share := CASE WHEN budgets.limits[at] = 0 THEN 100 ELSE least(floor(held[at] * 100 / budgets.limits[at]), 1000)::integer END;
        IF percent IS NULL OR share > percent THEN
          percent := share;
          warned_by := budgets.ids[at];
        END IF;
      END LOOP;
    END IF;
    RETURN NEXT;
  END LOOP;

  IF cardinality(made) = 0 THEN
    RETURN;
  END IF;
  WITH hold AS (
    INSERT INTO public.budget_holds (project_id, execution_id, attempt, budget_id, period_start, held_pico_usd, expires_at)
    SELECT h.project_id, h.execution_id, h.attempt, h.budget_id, h.period_start, h.held_pico_usd, now() + make_interval(secs => hold_ms / 1000)
    FROM json_to_recordset(array_to_json(made)) AS h(project_id uuid, execution_id uuid, attempt integer, budget_id uuid,
      period_start timestamptz, held_pico_usd numeric)
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

/** Days and months are UTC's, by the database's clock. */
const PERIOD = `
CREATE FUNCTION ledger_budget_period(period text) RETURNS timestamptz
LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT CASE period WHEN 'total' THEN 'epoch'::timestamptz ELSE date_trunc(period, now(), 'UTC') END $$;
`;

/**
 * Ends holds: `ended` has, for each attempt of an execution, what was spent of its hold; null: all of it. A hold that
 * is not there any more was settled before, and is counted once.
 */
const SETTLE = `
CREATE FUNCTION ledger_settle_holds(ended json) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
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
 * An attempt ends in many ways: its process reports, late or in time, or a sweep gives it up. A trigger sees all of them, in
 * their own transaction. What a provider refused or failed costs nothing unless it said so; of a time-out, a broken
 * connection and an unknown outcome nobody knows what they cost, so they keep their hold until it expires.
 */
const SETTLE_ATTEMPTS = `
CREATE FUNCTION ledger_settle_attempts() RETURNS trigger
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
      OR (n.status = 'failed' AND n.error_type IN ('rate_limited', 'provider_rejected', 'provider_error')))
    AND EXISTS (SELECT FROM public.budget_holds h
      WHERE h.project_id = n.project_id AND h.execution_id = n.execution_id AND h.attempt = n.attempt);
  IF ended IS NOT NULL THEN
    PERFORM ledger_settle_holds(ended);
  END IF;
  RETURN NULL;
END
$$;

CREATE TRIGGER execution_attempts_settle AFTER UPDATE ON execution_attempts
REFERENCING OLD TABLE AS before_rows NEW TABLE AS after_rows
FOR EACH STATEMENT EXECUTE FUNCTION ledger_settle_attempts();
`;

/** What ended without a call (canceled while it waited, or given up before it was dispatched) gives its hold back. */
const RELEASE_UNSENT = `
CREATE FUNCTION ledger_release_unsent_holds() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  ended json;
BEGIN
  SELECT json_agg(json_build_object('project_id', h.project_id, 'execution_id', h.execution_id, 'attempt', h.attempt, 'spent_pico_usd', 0))
  INTO ended
  FROM after_rows n
  JOIN public.budget_holds h ON h.project_id = n.project_id AND h.execution_id = n.execution_id
  WHERE n.status IN ('succeeded', 'failed', 'canceled') AND NOT EXISTS (
    SELECT FROM public.execution_attempts a
    WHERE a.project_id = h.project_id AND a.execution_id = h.execution_id AND a.attempt = h.attempt);
  IF ended IS NOT NULL THEN
    PERFORM ledger_settle_holds(ended);
  END IF;
  RETURN NULL;
END
$$;

CREATE TRIGGER executions_release_holds AFTER UPDATE ON executions
REFERENCING NEW TABLE AS after_rows
FOR EACH STATEMENT EXECUTE FUNCTION ledger_release_unsent_holds();
`;

const EXPIRE = `
CREATE FUNCTION ledger_expire_holds(most integer) RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  expired json;
BEGIN
  PERFORM set_config('app.system', 'on', true);
  -- Nobody will say any more what these cost: they count as spent, all of what was held. What still runs keeps its hold.
  SELECT json_agg(json_build_object('project_id', x.project_id, 'execution_id', x.execution_id, 'attempt', x.attempt))
  INTO expired
  FROM (
    SELECT DISTINCT h.project_id, h.execution_id, h.attempt FROM public.budget_holds h
    WHERE h.expires_at < now() AND NOT EXISTS (
      SELECT FROM public.executions e
      WHERE e.project_id = h.project_id AND e.execution_id = h.execution_id AND e.status IN ('queued', 'running'))
    LIMIT most) AS x;
  IF expired IS NULL THEN
    RETURN 0;
  END IF;
  PERFORM ledger_settle_holds(expired);
  RETURN json_array_length(expired);
END
$$;
`;

/** Doors through row-level security; the other functions work in the projects of their caller. */
export const SYSTEM_FUNCTIONS = ['ledger_expire_holds(integer)'] as const;

const FUNCTIONS = [
  ...SYSTEM_FUNCTIONS,
  'ledger_hold_budgets(json,double precision)',
  'ledger_settle_holds(json)',
  'ledger_budget_period(text)',
] as const;

const GRANTS = FUNCTIONS.map(
  (signature) => `
REVOKE ALL ON FUNCTION ${signature} FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ${signature} TO prompt_ledger_app;`,
).join('');

export const ADD_FUNCTIONS = [PERIOD, HOLD, SETTLE, SETTLE_ATTEMPTS, RELEASE_UNSENT, EXPIRE, GRANTS].join(
  '\n',
);

export const DROP_FUNCTIONS = [
  'DROP TRIGGER executions_release_holds ON executions;',
  'DROP TRIGGER execution_attempts_settle ON execution_attempts;',
  'DROP FUNCTION ledger_release_unsent_holds();',
  'DROP FUNCTION ledger_settle_attempts();',
  ...FUNCTIONS.map((signature) => `DROP FUNCTION ${signature};`),
].join('\n');
