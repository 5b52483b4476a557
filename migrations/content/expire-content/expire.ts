import { secureTable } from '../../ledger/create-prompt-ledger/security.js';
import {
  ACROSS_PROJECTS,
  AS_SYSTEM,
  grantExecute,
  HOT,
} from '../../ledger/create-prompt-ledger/statements.js';
import { lockErasure } from '../erase-content/erase.js';

/** Weekly partitions that hold nothing but content. The facts of an execution stay in `executions` and `execution_attempts`. */
const CONTENT_TABLES = ['execution_inputs', 'execution_metadata', 'execution_outputs'] as const;

/**
 * The id below which a project and environment has no content left, because all of it expired. A pass starts where the last one
 * ended instead of at the first execution ever.
 */
const CONTENT_EXPIRY = `
CREATE TABLE content_expiry (
  project_id uuid NOT NULL,
  environment text NOT NULL,
  erased_below uuid NOT NULL,
  PRIMARY KEY (project_id, environment)
);
${secureTable('content_expiry', 'SELECT')}
`;

/** The retention days of an environment, or those of \`*\`; null where content is kept. */
const RETENTION_DAYS = `
CREATE FUNCTION ledger_retention_days(settings json, environment text) RETURNS integer
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, public, pg_temp
AS $$ SELECT coalesce(settings -> 'retention_days' ->> environment, settings -> 'retention_days' ->> '*')::integer $$;
`;

/** Selects the next environment in the index, for an execution \`e\`. */
const nextEnvironment = (conditions: string) =>
  `SELECT e.environment INTO environment FROM executions e WHERE ${conditions} ORDER BY e.environment COLLATE "C" LIMIT 1`;

/** Lists the environments to check, with one index step for each. */
const LIST_EXPIRING = `
CREATE FUNCTION ledger_list_expiring() RETURNS TABLE (project_id uuid, environment text)
LANGUAGE plpgsql ${ACROSS_PROJECTS} ${HOT}
AS $$
#variable_conflict use_variable
DECLARE
  p record;
BEGIN
  ${AS_SYSTEM}
  FOR p IN SELECT r.project_id, r.settings FROM projects r WHERE r.settings ->> 'retention_days' NOT IN ('{}') ORDER BY r.project_id LOOP
    project_id := p.project_id;
    ${nextEnvironment('e.project_id = p.project_id')};
    WHILE environment IS NOT NULL LOOP
      IF ledger_retention_days(p.settings, environment) IS NOT NULL THEN
        RETURN NEXT;
      END IF;
      ${nextEnvironment('e.project_id = p.project_id AND e.environment COLLATE "C" > environment')};
    END LOOP;
  END LOOP;
END
$$;
`;

/** The oldest executions of an environment that are past retention. Each status has its own range in the index that this reads. */
export const LIST_EXPIRED = `(SELECT found.execution_id FROM (VALUES ('succeeded'), ('failed'), ('canceled')) AS s(status) CROSS JOIN LATERAL (
      SELECT e.execution_id FROM executions e
      WHERE e.project_id = project AND e.environment COLLATE "C" = label AND e.status COLLATE "C" = s.status
        AND e.execution_id >= since AND e.execution_id < below AND e.content_erased_at IS NULL
      ORDER BY e.execution_id NULLS FIRST LIMIT most) AS found
    ORDER BY found.execution_id LIMIT most)`;

/**
 * Erases the oldest content of a project and environment that is past its retention under the current settings. An execution in flight
 * keeps its content. The mark does not pass it, so the next pass finds it when it has ended.
 * @returns how many were erased; fewer than \`most\` when that is all.
 */
const EXPIRE = `
CREATE FUNCTION ledger_expire_content(project uuid, label text, most integer) RETURNS integer
LANGUAGE plpgsql ${ACROSS_PROJECTS} ${HOT}
AS $$
#variable_conflict use_column
DECLARE
  days integer;
  below uuid;
  since uuid;
  oldest uuid;
  expired uuid[];
BEGIN
  ${AS_SYSTEM}
  -- Two passes at once take turns, and the second finds nothing left.
  PERFORM ${lockErasure('project')};
  SELECT ledger_retention_days(r.settings, label) INTO days FROM projects r WHERE r.project_id = project;
  IF days IS NULL THEN
    RETURN 0;
  END IF;
  below := ledger_uuid7_floor(now() - make_interval(days => days));
  since := coalesce((SELECT c.erased_below FROM content_expiry c WHERE c.project_id = project AND c.environment = label),
    '00000000-0000-0000-0000-000000000000');
  IF since >= below THEN
    RETURN 0;
  END IF;
  -- Looked at first: what ends between this and the next statement is still above the mark.
  SELECT f.execution_id INTO oldest FROM executions_in_flight f WHERE f.project_id = project ORDER BY f.execution_id LIMIT 1;
  expired := ARRAY${LIST_EXPIRED};
  PERFORM ledger_erase_rows(project, expired);
  INSERT INTO content_expiry AS c (project_id, environment, erased_below)
  VALUES (project, label, least(CASE WHEN cardinality(expired) < most THEN below ELSE expired[most] END, oldest))
  ON CONFLICT (project_id, environment) DO UPDATE SET erased_below = greatest(c.erased_below, excluded.erased_below);
  RETURN cardinality(expired);
END
$$;
`;

/** Whether all content of a week is past retention in every project, and nothing in flight needs it. */
const WEEK_IS_EXPIRED = `
CREATE FUNCTION ledger_week_is_expired(week_start timestamptz, oldest_in_flight uuid) RETURNS boolean
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, public, pg_temp SET enable_seqscan = off SET enable_bitmapscan = off
AS $$
#variable_conflict use_variable
DECLARE
  low constant uuid := ledger_uuid7_floor(week_start);
  high constant uuid := ledger_uuid7_floor(week_start + interval '7 days');
  p record;
  environment text;
BEGIN
  IF oldest_in_flight < high THEN
    RETURN false;
  END IF;
  FOR p IN SELECT r.project_id, r.settings FROM projects r LOOP
    ${nextEnvironment('e.project_id = p.project_id AND e.execution_id >= low AND e.execution_id < high')};
    WHILE environment IS NOT NULL LOOP
      IF coalesce(ledger_uuid7_floor(now() - make_interval(days => ledger_retention_days(p.settings, environment))) < high, true) THEN
        RETURN false;
      END IF;
      ${nextEnvironment(`e.project_id = p.project_id AND e.environment COLLATE "C" > environment
        AND e.execution_id >= low AND e.execution_id < high`)};
    END LOOP;
  END LOOP;
  RETURN true;
END
$$;
`;

/**
 * Drops the oldest partition of content whose week is past retention. It drops one at a time, because a drop locks the parent until the
 * transaction ends. Waiting for that lock blocks everyone queued behind it, so it waits no longer than a begin may take.
 * @returns its name, or null when there is none; `is_busy` when its table is in use and the caller has to try again.
 */
const DROP_WEEK = `
CREATE FUNCTION ledger_drop_expired_week(OUT dropped text, OUT is_busy boolean)
LANGUAGE plpgsql ${ACROSS_PROJECTS} SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  child record;
  oldest uuid;
  checked timestamptz;
  is_expired boolean;
BEGIN
  is_busy := false;
  ${AS_SYSTEM}
  IF NOT pg_try_advisory_xact_lock(hashtext('ledger_ensure_partitions')) THEN
    is_busy := true;
    RETURN;
  END IF;
  IF NOT EXISTS (SELECT FROM projects r WHERE r.settings ->> 'retention_days' NOT IN ('{}')) THEN
    RETURN;
  END IF;
  SELECT f.execution_id INTO oldest FROM executions_in_flight f ORDER BY f.execution_id LIMIT 1;
  FOR child IN
    SELECT c.relname, to_date(right(c.relname, 8), 'YYYYMMDD')::timestamp AT TIME ZONE 'UTC' AS week_start
    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid JOIN pg_class p ON p.oid = i.inhparent
    WHERE p.relnamespace = 'public'::regnamespace AND p.relname IN (${CONTENT_TABLES.map((table) => `'${table}'`).join(', ')})
      AND c.relname ~ '_[0-9]{8}$'
    ORDER BY right(c.relname, 8), c.relname
  LOOP
    -- Content is kept for a day at the least.
    EXIT WHEN child.week_start + interval '8 days' > now();
    IF child.week_start IS DISTINCT FROM checked THEN
      checked := child.week_start;
      is_expired := ledger_week_is_expired(checked, oldest);
    END IF;
    CONTINUE WHEN NOT is_expired;
    PERFORM set_config('lock_timeout', '30ms', true);
    BEGIN
      EXECUTE format('DROP TABLE public.%I', child.relname);
      dropped := child.relname;
    EXCEPTION WHEN lock_not_available THEN
      is_busy := true;
    END;
    RETURN;
  END LOOP;
END
$$;
`;

export const EXPIRE_FUNCTIONS = [
  'ledger_drop_expired_week()',
  'ledger_expire_content(uuid,text,integer)',
  'ledger_list_expiring()',
] as const;

const OWNER_ONLY = [
  'ledger_week_is_expired(timestamp with time zone,uuid)',
  'ledger_retention_days(json,text)',
];

export const CREATE_EXPIRY = [
  CONTENT_EXPIRY,
  RETENTION_DAYS,
  LIST_EXPIRING,
  EXPIRE,
  WEEK_IS_EXPIRED,
  DROP_WEEK,
  ...OWNER_ONLY.map((signature) => `REVOKE ALL ON FUNCTION ${signature} FROM PUBLIC;`),
  grantExecute(EXPIRE_FUNCTIONS),
].join('\n');

export const DROP_EXPIRY = [
  ...[...EXPIRE_FUNCTIONS, ...OWNER_ONLY].map((signature) => `DROP FUNCTION ${signature};`),
  'DROP TABLE content_expiry;',
].join('\n');
