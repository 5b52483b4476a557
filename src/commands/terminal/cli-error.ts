/** The exit codes of commands. Scripts rely on these; docs/cli.md lists them. */
export const EXIT = {
  OK: 0,
  /** The answer is no: a failed execution, a difference, a refusal. */
  NO: 1,
  /** The answer is unknown: wrong usage, no connection, no permission, files that cannot be read. */
  CANNOT_TELL: 2,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Ends a command with a sentence for the user. */
export class CliError extends Error {
  constructor(
    message: string,
    readonly exitCode: ExitCode = EXIT.CANNOT_TELL,
  ) {
    super(message);
  }
}
