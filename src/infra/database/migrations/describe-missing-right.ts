import { ConfigurationError } from '../../config/index.js';
import { endSentence } from '../../../kernel/index.js';

/** The role that the first migration creates. A migration cannot explain what to do when it is not allowed to create it. */
const APP_ROLE = 'prompt_ledger_app';
const INSUFFICIENT_PRIVILEGE = '42501';

interface Standing {
  readonly name: string;
  /** The name, quoted for a statement. */
  readonly quoted: string;
  readonly role_is_there: boolean;
  readonly is_member: boolean;
}

/**
 * Explains a migration that failed for lack of a privilege: one sentence with the statements that a superuser has to run. Any other error
 * is returned unchanged.
 * @param query runs a statement as the migrating user.
 */
export async function describeMissingRight(
  error: unknown,
  query: (text: string) => Promise<Standing[]>,
): Promise<unknown> {
  if ((error as { code?: unknown }).code !== INSUFFICIENT_PRIVILEGE) return error;
  const [standing] = await query(`SELECT current_user AS name, quote_ident(current_user) AS quoted,
    to_regrole('${APP_ROLE}') IS NOT NULL AS role_is_there,
    COALESCE(pg_has_role(current_user, to_regrole('${APP_ROLE}'), 'MEMBER'), false) AS is_member`);
  return standing === undefined ? error : new ConfigurationError(describe(standing, error as Error));
}

function describe(
  { name, quoted, role_is_there: roleIsThere, is_member: isMember }: Standing,
  { message }: Error,
): string {
  const grant = `GRANT ${APP_ROLE} TO ${quoted};`;
  const again = 'Then migrate again. scripts/create-roles.sql makes all roles and the database.';
  if (!roleIsThere) {
    return `The service runs as the role ${APP_ROLE}, which this server lacks, and the user "${name}" may not create it. As a superuser run: CREATE ROLE ${APP_ROLE} NOLOGIN NOBYPASSRLS; ${grant} ${again}`;
  }
  if (!isMember) {
    return `The service runs as the role ${APP_ROLE}, but the user "${name}" is not a member of it. As a superuser run: ${grant} ${again}`;
  }
  return `The user "${name}" lacks a right: ${endSentence(message)} The user that migrates must own the database or be a superuser.`;
}
