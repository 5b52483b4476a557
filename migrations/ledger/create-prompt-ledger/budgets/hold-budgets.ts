/**
 * A hold is decided in the transaction that begins the request, so that no crash separates money from execution. Code that changes
 * periods locks them first, all in one order, then adds or removes holds, and writes each period once.
 */

/** Days and months are in UTC, by the database's clock. */
const PERIOD = `
CREATE FUNCTION ledger_budget_period(period text) RETURNS timestamptz
LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT CASE period WHEN 'total' THEN 'epoch'::timestamptz ELSE date_trunc(period, now(), 'UTC') END $$;
`;

/**
 * Decides about a batch in the order in which its requests arrived. One `UPDATE … FROM` would apply only one of several requests to the
 * same budget, and overspend. So this carries what is left of each budget from one request to the next, and writes it at the end.
 *
 * An entry of `asked` has project_id, execution_id, attempt, arrival, the budgets that it may fall under (owner_team, prompt_name, key_id),
 * the most it can cost (input_pico_usd, output_pico_usd a token, max_new_tokens; a null price is unknown), and whether its tokens may be
 * reduced (clamp).
 *
 * A verdict is `free` when no budget applies; `held`; `clamped` when held for only `max_new_tokens`; `refused` by `budget_id`, which has
 * `left_pico_usd`; or `unpriced` or `unbounded`, which refuse because the most that it can cost is unknown. `percent` is how full the
 * fullest of its budgets is afterwards.
 *
 * - An attempt is held once, even when a batch has it twice or its budgets' period ended in between: the second batch then locks other rows
 *   than the first, and only the key of the hold keeps them apart.
 * - Divisions truncate (`div`) and do not round: a quotient of `numeric` has few decimal places, and one token more than the money allows
 *   is too many.
 * - Limits are read after the locks are taken, so that a transaction that waited sees what changed meanwhile.
 * - A free request passes an overspent budget, and a price is known only with both of its halves.
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

export const HOLD_FUNCTIONS = [
  'ledger_budget_period(text)',
  'ledger_hold_budgets(json,double precision)',
] as const;

export const CREATE_HOLD_BUDGETS = [PERIOD, HOLD].join('\n');
