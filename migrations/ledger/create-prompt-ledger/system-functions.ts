import { PARTITIONED } from './executions/executions.js';

/**
 * Narrow doors through row-level security: reads across projects run as the owner, in functions that do one thing. A
 * database test lists them, so that none is added unnoticed. `app.system` opens the owner's policy. It stays set until the
 * transaction ends, but is of no use to the application's role. (A SET clause would be shorter, but only a superuser may store a
 * setting of its own name in a function.)
 */
const HEAD = 'SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp';
const AS_SYSTEM = `SELECT set_config('app.system', 'on', true);`;

const PARTITION_FUNCTIONS = `
CREATE FUNCTION ledger_ensure_partitions(weeks_ahead integer DEFAULT 4) RETURNS integer
LANGUAGE plpgsql ${HEAD}
AS $$
DECLARE
  week_start timestamptz;
  parent text;
  child text;
  made integer := 0;
BEGIN
  PERFORM set_config('app.system', 'on', true);
  -- Several processes start at once; the second waits and finds nothing left to do.
  PERFORM pg_advisory_xact_lock(hashtext('ledger_ensure_partitions'));
  -- A new partition locks its parent: behind a long report every insert would queue. The next hour is soon enough.
  PERFORM set_config('lock_timeout', '2s', true);
  FOR step IN 0 .. weeks_ahead LOOP
    week_start := (date_trunc('week', now() AT TIME ZONE 'UTC') + make_interval(weeks => step)) AT TIME ZONE 'UTC';
    FOREACH parent IN ARRAY ARRAY[${PARTITIONED.map((table) => `'${table}'`).join(', ')}] LOOP
      child := parent || '_' || to_char(week_start AT TIME ZONE 'UTC', 'YYYYMMDD');
      CONTINUE WHEN to_regclass('public.' || quote_ident(child)) IS NOT NULL;
      BEGIN
        EXECUTE format('CREATE TABLE public.%I PARTITION OF public.%I FOR VALUES FROM (%L) TO (%L)', child, parent,
          ledger_uuid7_floor(week_start), ledger_uuid7_floor(week_start + interval '7 days'));
        EXECUTE format('ALTER TABLE public.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', child);
        made := made + 1;
      EXCEPTION
        WHEN check_violation THEN
          -- Rows of that week already stand in the default partition. They are safe and readable there; new ones join them.
          RAISE WARNING 'partition % not made: the default partition holds rows of its range', child;
        WHEN lock_not_available THEN
          RAISE WARNING 'partition % not made yet: the table is in use', child;
      END;
    END LOOP;
  END LOOP;
  RETURN made;
END
$$;

CREATE FUNCTION ledger_partition_weeks_ahead() RETURNS integer
LANGUAGE sql VOLATILE ${HEAD}
AS $$
  ${AS_SYSTEM}
  SELECT count(*)::integer
  FROM generate_series(1, 52) AS step
  WHERE to_regclass('public.executions_' || to_char(date_trunc('week', now() AT TIME ZONE 'UTC') + make_interval(weeks => step), 'YYYYMMDD')) IS NOT NULL
$$;
`;

const LOOKUP_FUNCTIONS = `
CREATE FUNCTION ledger_find_project(wanted text) RETURNS uuid
LANGUAGE sql VOLATILE ${HEAD}
AS $$
  ${AS_SYSTEM}
  SELECT project_id FROM public.projects WHERE name = wanted AND archived_at IS NULL
$$;

CREATE FUNCTION ledger_find_key(wanted uuid)
RETURNS TABLE (project_id uuid, key_id uuid, name text, secret_hmac bytea, scopes text[], expires_at timestamptz,
  revoked_at timestamptz, checked_at timestamptz, requests_per_minute integer, tokens_per_minute integer)
LANGUAGE sql VOLATILE ${HEAD}
AS $$
  ${AS_SYSTEM}
  SELECT k.project_id, k.key_id, k.name, k.secret_hmac, k.scopes, k.expires_at, k.revoked_at, now(),
    k.requests_per_minute, k.tokens_per_minute
  FROM public.api_keys k JOIN public.projects p USING (project_id)
  WHERE k.key_id = wanted AND p.archived_at IS NULL
$$;

CREATE FUNCTION ledger_touch_key(used uuid) RETURNS void
LANGUAGE sql VOLATILE ${HEAD}
AS $$
  ${AS_SYSTEM}
  -- At most a write a minute for each key, however often it is used.
  UPDATE public.api_keys SET last_used_at = now()
  WHERE key_id = used AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')
$$;

CREATE FUNCTION ledger_applied_migrations() RETURNS text[]
LANGUAGE sql VOLATILE ${HEAD}
AS $$
  ${AS_SYSTEM}
  SELECT array_agg(name::text ORDER BY timestamp) FROM public.migrations
$$;
`;

export const LOOKUP_SYSTEM_FUNCTIONS = [
  'ledger_ensure_partitions(integer)',
  'ledger_partition_weeks_ahead()',
  'ledger_find_project(text)',
  'ledger_find_key(uuid)',
  'ledger_touch_key(uuid)',
  'ledger_applied_migrations()',
] as const;

export const CREATE_SYSTEM_FUNCTIONS = [PARTITION_FUNCTIONS, LOOKUP_FUNCTIONS].join('\n');
