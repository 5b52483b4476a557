import { ApiError, ConnectionError, PromptLedgerError } from '../../../sdk/src/index.js';
import { CliError, EXIT, type ExitCode } from './cli-error.js';

/** The exit code of a failed command, and its message: a sentence, followed by each fault. */
export interface Failure {
  readonly message: string;
  readonly exitCode: ExitCode;
}

/** With these statuses the ledger has answered, and the answer is no. With others its answer is unknown. */
const REFUSALS = new Set([400, 402, 404, 409, 413, 422]);
const MOST_ENTRIES = 20;

/** @returns null for an unexpected error: a defect, whose stack is needed. */
export function describeFailure(error: unknown): Failure | null {
  if (error instanceof CliError) return { message: error.message, exitCode: error.exitCode };
  if (error instanceof ApiError) {
    const isNo = REFUSALS.has(error.status) || error.executionId !== null;
    return { message: messageOfProblem(error), exitCode: isNo ? EXIT.NO : EXIT.CANNOT_TELL };
  }
  if (error instanceof ConnectionError) {
    const hint = 'Start it with `prompt-ledger start`, or say where it is: --url or PROMPT_LEDGER_URL.';
    return { message: `${error.message} (${error.code})\n${hint}`, exitCode: EXIT.CANNOT_TELL };
  }
  if (error instanceof PromptLedgerError) {
    return { message: `${error.message} (${error.code})`, exitCode: EXIT.CANNOT_TELL };
  }
  // The user can choose another file, so a sentence is enough and needs no stack.
  if (isFileFailure(error)) return { message: `${error.message}.`, exitCode: EXIT.CANNOT_TELL };
  return null;
}

/** Whether a file or folder could not be read or written. The message names the path. */
function isFileFailure(error: unknown): error is NodeJS.ErrnoException {
  if (typeof error !== 'object' || error === null) return false;
  return 'syscall' in error && 'path' in error && typeof error.path === 'string';
}

function messageOfProblem(error: ApiError): string {
  const entries = error.problem?.errors ?? [];
  const shown = entries.slice(0, MOST_ENTRIES).map(({ pointer, message }) => `  ${pointer} ${message}`);
  const more = entries.length > MOST_ENTRIES ? [`  and ${entries.length - MOST_ENTRIES} more`] : [];
  const hint = error.status === 401 ? ['Give a key with --key or PROMPT_LEDGER_API_KEY.'] : [];
  const execution = error.executionId === null ? [] : [`Execution ${error.executionId}`];
  return [`${error.message} (${error.code})`, ...shown, ...more, ...execution, ...hint].join('\n');
}
