import { type PromptLedgerError, TemplateError, TemplateVariablesMissing } from '../core/index.js';
import type { ProblemEntry } from '../wire/index.js';

/** The errors of the server's templating, recognised by their members because their classes are in a file that loads lazily. */
interface ServerError extends Error {
  readonly code: string;
  readonly errors?: readonly ProblemEntry[];
}

/** Runs templating work and converts its errors to this client's. */
export function translatingErrors<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw isServerError(error) ? translated(error) : error;
  }
}

function isServerError(error: unknown): error is ServerError {
  return error instanceof Error && typeof (error as Partial<ServerError>).code === 'string';
}

function translated({ code, message, errors = [] }: ServerError): PromptLedgerError {
  if (code !== 'TEMPLATE_VARIABLES_MISSING') return new TemplateError(code, message);
  return new TemplateVariablesMissing(
    errors.map(({ pointer }) => readName(pointer)),
    message,
  );
}

/** Reads `user.name` from `/variables/user/name`. */
function readName(pointer: string): string {
  const [, , ...path] = pointer.split('/');
  return path.map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~')).join('.');
}
