import {
  ACROSS_PROJECTS,
  AS_SYSTEM,
  grantExecute,
  HOT,
} from '../../ledger/create-prompt-ledger/statements.js';

/** The prefix of the parts of an erasure. Each takes a project and ids of executions that are over. */
export const ERASURE_PREFIX = 'ledger_erase_of_';

/** Makes erasures and the recording of late results exclude each other in a project. */
const LOCKED_PROJECT = `hashtext('ledger_erase_content'), hashtext(%::text)`;
export const lockErasure = (project: string) =>
  `pg_advisory_xact_lock(${LOCKED_PROJECT.replace('%', project)})`;
export const lockOutErasure = (project: string) =>
  `pg_advisory_xact_lock_shared(${LOCKED_PROJECT.replace('%', project)})`;

/** No vendor's usage nests deeper. */
const USAGE_DEPTH = 8;

/**
 * Keeps the facts of JSON that a vendor or a client wrote: counts are facts, but a text may be anything. A document that Postgres
 * stores but cannot read, because of a NUL in an escape, leaves nothing.
 */
const KEEP_FACTS = `
CREATE FUNCTION ledger_keep_numbers(given json, levels integer DEFAULT ${USAGE_DEPTH}) RETURNS json
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  IF given IS NULL OR json_typeof(given) IN ('number', 'boolean', 'null') THEN
    RETURN given;
  END IF;
  IF json_typeof(given) <> 'object' OR levels = 0 THEN
    RETURN NULL;
  END IF;
  RETURN (SELECT coalesce(json_object_agg(m.key, ledger_keep_numbers(m.value, levels - 1)), '{}') FROM json_each(given) AS m
    WHERE m.key ~ '^[A-Za-z][A-Za-z0-9_]{0,63}$' AND json_typeof(m.value) NOT IN ('string', 'array'));
EXCEPTION WHEN OTHERS THEN
  RETURN NULL;
END
$$;

CREATE FUNCTION ledger_keep_params(given text) RETURNS text
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  kept json;
BEGIN
  IF given IS NULL THEN
    RETURN NULL;
  END IF;
  SELECT json_object_agg(m.key, m.value) INTO kept FROM json_each(given::json -> 'vendor_params') AS m
  WHERE m.key IN ('reasoning_effort', 'verbosity', 'service_tier', 'parallel_tool_calls', 'store') AND length(m.value::text) <= 40;
  kept := json_strip_nulls(json_build_object('seed', ledger_keep_numbers(given::json -> 'seed'), 'vendor_params', kept));
  RETURN nullif(kept::text, '{}');
EXCEPTION WHEN OTHERS THEN
  RETURN NULL;
END
$$;
`;

/**
 * Handles executions one by one, each by its keys. Planned without statistics, a join over whole weeks reads all of a project: it took
 * 1.5 ms per execution of a small table, and more as the table grew.
 */
const EACH = 'FOREACH wanted IN ARRAY ids LOOP';

/** A key stays until it expires, so that its request does not run again. Nothing of the request stays, not even its fingerprint. */
const KEYS = `
CREATE FUNCTION ${ERASURE_PREFIX}1_keys(project uuid, ids uuid[]) RETURNS void
LANGUAGE plpgsql ${HOT}
AS $$
DECLARE
  wanted uuid;
BEGIN
  ${EACH}
    UPDATE idempotency_keys k SET status = NULL, headers = NULL, body = NULL, fingerprint = '', erased_at = now()
    WHERE k.project_id = project AND k.execution_id = wanted AND k.erased_at IS NULL;
    DELETE FROM response_cache c WHERE c.project_id = project AND c.execution_id = wanted;
  END LOOP;
END
$$;
`;

/** Metadata is found by its pairs, which stay in the row of the execution until it is erased. */
const EXECUTIONS = `
CREATE FUNCTION ${ERASURE_PREFIX}2_executions(project uuid, ids uuid[]) RETURNS void
LANGUAGE plpgsql ${HOT}
AS $$
DECLARE
  wanted uuid;
  pairs json;
  pair record;
BEGIN
  ${EACH}
    SELECT e.metadata INTO pairs FROM executions e WHERE e.project_id = project AND e.execution_id = wanted;
    FOR pair IN SELECT m.key, m.value FROM json_each_text(pairs) AS m LOOP
      DELETE FROM execution_metadata t
      WHERE t.project_id = project AND t.key = pair.key AND t.value = pair.value AND t.execution_id = wanted;
    END LOOP;

    UPDATE executions e SET content_erased_at = now(), error_message = NULL, metadata = NULL, further_params = ledger_keep_params(e.further_params)
    WHERE e.project_id = project AND e.execution_id = wanted AND e.content_erased_at IS NULL;

    UPDATE execution_attempts a SET error_message = NULL, usage = ledger_keep_numbers(a.usage)
    WHERE a.project_id = project AND a.execution_id = wanted AND (a.error_message IS NOT NULL OR a.usage IS NOT NULL);

    UPDATE execution_inputs i SET variables_json = 'null', extras = NULL,
      rendered_prompt = CASE WHEN i.rendered_prompt IS NOT NULL THEN '' END,
      rendered_messages = CASE WHEN i.rendered_messages IS NOT NULL THEN '[]'::json END
    WHERE i.project_id = project AND i.execution_id = wanted;

    UPDATE execution_outputs o SET response_text = '', tool_calls = NULL, usage = ledger_keep_numbers(o.usage), response_sha256 = ''
    WHERE o.project_id = project AND o.execution_id = wanted;
  END LOOP;
END
$$;
`;

/** An undelivered event loses its metadata. Its other members are facts, and keep their order. */
const OUTBOX = `
CREATE FUNCTION ${ERASURE_PREFIX}3_outbox(project uuid, ids uuid[]) RETURNS void
LANGUAGE plpgsql ${HOT}
AS $$
DECLARE
  wanted uuid;
BEGIN
  ${EACH}
    UPDATE outbox o SET body = json_build_object('url', o.body -> 'url', 'event', json_build_object(
        'type', o.body #> '{event,type}',
        'timestamp', o.body #> '{event,timestamp}',
        'data', (SELECT json_object_agg(m.key, m.value) FROM json_each(o.body #> '{event,data}') AS m WHERE m.key <> 'metadata')))
    WHERE o.project_id = project AND o.subject = wanted::text AND o.body #> '{event,data,metadata}' IS NOT NULL;
  END LOOP;
END
$$;
`;

/**
 * Runs every existing part, by name. A later migration that stores content derived from executions adds a function with the prefix,
 * and its content is then erased on request and by age.
 */
const ERASE_ROWS = `
CREATE FUNCTION ledger_erase_rows(project uuid, ids uuid[]) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  part regproc;
BEGIN
  FOR part IN SELECT p.oid FROM pg_proc p
    WHERE p.pronamespace = 'public'::regnamespace AND p.proowner = current_user::regrole AND p.proname LIKE '${ERASURE_PREFIX.replaceAll('_', '\\_')}%' ORDER BY p.proname
  LOOP
    EXECUTE format('SELECT %s($1, $2)', part) USING project, ids;
  END LOOP;
END
$$;
`;

export const ERASE_CONTENT_FUNCTION = 'ledger_erase_content(uuid,uuid)';

/**
 * The only way in which the application changes an execution that is over: erases its content and records when. It works in the projects of
 * the transaction, as everything that a request does.
 * @returns `erased`; `erased_before`, which changes nothing; `in_flight`; or `absent`. The first two come with the time of the erasure.
 */
const ERASE_CONTENT = `
CREATE FUNCTION ledger_erase_content(project uuid, wanted uuid, OUT state text, OUT erased_at timestamptz)
LANGUAGE plpgsql ${ACROSS_PROJECTS} ${HOT}
AS $$
BEGIN
  state := 'absent';
  IF project <> ALL (coalesce(nullif(current_setting('app.project_ids', true), '')::uuid[], '{}')) THEN
    RETURN;
  END IF;
  ${AS_SYSTEM}
  PERFORM ${lockErasure('project')};
  SELECT s.state, s.at INTO state, erased_at FROM (
    SELECT 'over' AS state, e.content_erased_at AS at FROM executions e WHERE e.project_id = project AND e.execution_id = wanted
    UNION ALL
    SELECT 'in_flight', NULL FROM executions_in_flight f WHERE f.project_id = project AND f.execution_id = wanted) AS s;
  IF state IS DISTINCT FROM 'over' THEN
    state := coalesce(state, 'absent');
    RETURN;
  END IF;
  state := 'erased_before';
  IF erased_at IS NULL THEN
    PERFORM ledger_erase_rows(project, ARRAY[wanted]);
    state := 'erased';
    erased_at := now();
  END IF;
END
$$;
`;

/** Only the owner's functions run the parts. */
const OWNER_ONLY = [
  `${ERASURE_PREFIX}1_keys(uuid,uuid[])`,
  `${ERASURE_PREFIX}2_executions(uuid,uuid[])`,
  `${ERASURE_PREFIX}3_outbox(uuid,uuid[])`,
  'ledger_erase_rows(uuid,uuid[])',
];
/** A late result is recorded under the role of the process that reports it. */
const GRANTED = [ERASE_CONTENT_FUNCTION, 'ledger_keep_numbers(json,integer)', 'ledger_keep_params(text)'];

export const CREATE_ERASE = [
  KEEP_FACTS,
  KEYS,
  EXECUTIONS,
  OUTBOX,
  ERASE_ROWS,
  ERASE_CONTENT,
  ...OWNER_ONLY.map((signature) => `REVOKE ALL ON FUNCTION ${signature} FROM PUBLIC;`),
  grantExecute(GRANTED),
].join('\n');

export const DROP_ERASE = [...GRANTED, ...OWNER_ONLY]
  .map((signature) => `DROP FUNCTION ${signature};`)
  .join('\n');
