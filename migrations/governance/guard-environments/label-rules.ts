import { ACROSS_PROJECTS, AS_SYSTEM, grantExecute } from '../../ledger/create-prompt-ledger/statements.js';

export const RENEW_PROMPTS_FUNCTION = 'ledger_renew_prompts()';

/**
 * Gives all prompts of a project a new revision when its setting `allow_unknown_environments` changes. Processes cache with a prompt
 * which labels are allowed, and an execution that names an older revision does not begin. It runs as the
 * owner, because an instance's admin changes projects whose prompts they cannot see.
 */
export const CREATE_LABEL_RULES = `
CREATE FUNCTION ${RENEW_PROMPTS_FUNCTION} RETURNS trigger
LANGUAGE plpgsql ${ACROSS_PROJECTS} SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  next bigint;
BEGIN
  ${AS_SYSTEM}
  UPDATE projects SET registry_revision = registry_revision + 1 WHERE project_id = NEW.project_id
  RETURNING registry_revision INTO next;
  PERFORM FROM prompts WHERE project_id = NEW.project_id AND deleted_at IS NULL ORDER BY name FOR NO KEY UPDATE;
  UPDATE prompts SET registry_revision = next WHERE project_id = NEW.project_id AND deleted_at IS NULL;
  PERFORM pg_notify('prompt_ledger_registry', json_build_object('project_id', NEW.project_id, 'revision', next)::text);
  RETURN NULL;
END
$$;
${grantExecute([RENEW_PROMPTS_FUNCTION])}
CREATE TRIGGER projects_label_rules AFTER UPDATE OF settings ON projects FOR EACH ROW
  WHEN ((OLD.settings ->> 'allow_unknown_environments') IS DISTINCT FROM (NEW.settings ->> 'allow_unknown_environments'))
  EXECUTE FUNCTION ${RENEW_PROMPTS_FUNCTION};
`;

export const DROP_LABEL_RULES = `
DROP TRIGGER projects_label_rules ON projects;
DROP FUNCTION ${RENEW_PROMPTS_FUNCTION};
`;
