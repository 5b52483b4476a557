import { grantExecute } from '../../ledger/create-prompt-ledger/statements.js';

/** These work in the projects of their caller. */
export const ROLLOUT_FUNCTIONS = [
  'ledger_announce_rollout(uuid,uuid,text)',
  'ledger_stop_rollouts(uuid,uuid,text,boolean,text,text)',
] as const;

const TRIGGER_FUNCTIONS = [
  'ledger_stop_moved_rollouts()',
  'ledger_stop_deleted_rollouts()',
  'ledger_stop_unapproved_rollouts()',
] as const;

const SEARCH_PATH = 'SET search_path = pg_catalog, public, pg_temp';

/** Tells the webhooks of a project the current state of a rollout. Nothing is sent where the project has no address for its events. */
const ANNOUNCE = `
CREATE FUNCTION ledger_announce_rollout(project uuid, rollout uuid, happened text) RETURNS void
LANGUAGE sql VOLATILE ${SEARCH_PATH}
AS $$
  INSERT INTO outbox (project_id, kind, subject, due_at, body)
  SELECT r.project_id, happened, r.rollout_id::text, now(), json_build_object('url', s.settings ->> 'callback_url', 'event', json_build_object(
    'type', happened, 'timestamp', ledger_wire_time(now()), 'data', json_build_object('rollout_id', r.rollout_id, 'name', r.name,
      'prompt_name', p.name, 'environment', r.environment, 'status', r.status, 'phase', nullif(r.phase, 0),
      'control_version', control.version_number, 'candidate_version', candidate.version_number, 'by', r.status_by, 'reason', r.status_reason)))
  FROM rollouts r
  JOIN projects s ON s.project_id = r.project_id
  JOIN prompts p ON p.project_id = r.project_id AND p.prompt_id = r.prompt_id
  JOIN prompt_versions control ON control.project_id = r.project_id AND control.version_id = r.control_version_id
  JOIN prompt_versions candidate ON candidate.project_id = r.project_id AND candidate.version_id = r.candidate_version_id
  WHERE r.project_id = project AND r.rollout_id = rollout AND json_typeof(s.settings -> 'callback_url') = 'string'
$$;
`;

/**
 * Stops a rollout that runs or is paused once its basis is gone. It also writes the audit log and the events, because code that moves
 * a pointer need not know about rollouts.
 */
const STOP = `
CREATE FUNCTION ledger_stop_rollouts(project uuid, prompt uuid, label text, only_unapproved boolean, stopped_by text, why text) RETURNS void
LANGUAGE plpgsql VOLATILE ${SEARCH_PATH}
AS $$
DECLARE
  found record;
BEGIN
  FOR found IN
    SELECT r.rollout_id, r.status, r.phase, p.name AS prompt_name, r.environment FROM rollouts r
    JOIN prompts p ON p.project_id = r.project_id AND p.prompt_id = r.prompt_id
    WHERE r.project_id = project AND r.status IN ('running', 'paused') AND (prompt IS NULL OR r.prompt_id = prompt)
      AND (label IS NULL OR r.environment = label) AND (r.change_id IS NULL OR NOT only_unapproved)
    ORDER BY r.rollout_id FOR UPDATE OF r
  LOOP
    UPDATE rollouts r SET status = 'stopped', fence = r.fence + 1, ended_at = clock_timestamp(), status_at = clock_timestamp(),
      status_by = stopped_by, status_reason = why
    WHERE r.project_id = project AND r.rollout_id = found.rollout_id;
    UPDATE rollout_phases f SET ended_at = clock_timestamp()
    WHERE f.project_id = project AND f.rollout_id = found.rollout_id AND f.ended_at IS NULL;
    INSERT INTO audit_log (project_id, actor, action, subject, subject_id, before, after, reason)
    VALUES (project, stopped_by, 'rollout.stop', 'rollout/' || found.rollout_id, found.rollout_id,
      json_build_object('prompt_name', found.prompt_name, 'environment', found.environment, 'status', found.status, 'phase', found.phase),
      json_build_object('prompt_name', found.prompt_name, 'environment', found.environment, 'status', 'stopped', 'phase', found.phase), why);
    PERFORM ledger_announce_rollout(project, found.rollout_id, 'rollout.stopped');
  END LOOP;
END
$$;
`;

/** A rollout compares with the version that the pointer names. Code that ends a rollout by moving its pointer ends the rollout first. */
const STOP_MOVED = `
CREATE FUNCTION ledger_stop_moved_rollouts() RETURNS trigger LANGUAGE plpgsql ${SEARCH_PATH}
AS $$
BEGIN
  PERFORM ledger_stop_rollouts(NEW.project_id, NEW.prompt_id, NEW.environment, false, coalesce(NEW.moved_by, 'system'),
    'the pointer of the environment was moved');
  RETURN NULL;
END
$$;
CREATE TRIGGER prompt_pointers_rollouts AFTER UPDATE OF version_id ON prompt_pointers FOR EACH ROW
  WHEN (OLD.version_id IS DISTINCT FROM NEW.version_id) EXECUTE FUNCTION ledger_stop_moved_rollouts();
`;

const STOP_DELETED = `
CREATE FUNCTION ledger_stop_deleted_rollouts() RETURNS trigger LANGUAGE plpgsql ${SEARCH_PATH}
AS $$
BEGIN
  PERFORM ledger_stop_rollouts(NEW.project_id, NEW.prompt_id, NULL, false, 'system', 'the prompt was deleted');
  RETURN NULL;
END
$$;
CREATE TRIGGER prompts_rollouts AFTER UPDATE OF deleted_at ON prompts FOR EACH ROW
  WHEN (OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL) EXECUTE FUNCTION ledger_stop_deleted_rollouts();
`;

/** A rollout that started without a change runs a version that nobody has approved for the environment. */
const STOP_UNAPPROVED = `
CREATE FUNCTION ledger_stop_unapproved_rollouts() RETURNS trigger LANGUAGE plpgsql ${SEARCH_PATH}
AS $$
BEGIN
  PERFORM ledger_stop_rollouts(NEW.project_id, NULL, NEW.name, true, 'system', 'the environment is protected now');
  RETURN NULL;
END
$$;
CREATE TRIGGER environments_rollouts AFTER INSERT OR UPDATE OF protected ON environments FOR EACH ROW
  WHEN (NEW.protected) EXECUTE FUNCTION ledger_stop_unapproved_rollouts();
`;

export const CREATE_ROLLOUT_FUNCTIONS = [
  ANNOUNCE,
  STOP,
  STOP_MOVED,
  STOP_DELETED,
  STOP_UNAPPROVED,
  grantExecute([...ROLLOUT_FUNCTIONS, ...TRIGGER_FUNCTIONS]),
].join('\n');

export const DROP_ROLLOUT_FUNCTIONS = `
DROP TRIGGER environments_rollouts ON environments;
DROP TRIGGER prompts_rollouts ON prompts;
DROP TRIGGER prompt_pointers_rollouts ON prompt_pointers;
${[...TRIGGER_FUNCTIONS, ...ROLLOUT_FUNCTIONS].map((signature) => `DROP FUNCTION ${signature};`).join('\n')}
`;
