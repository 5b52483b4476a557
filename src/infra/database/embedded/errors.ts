/**
 * The embedded server cannot be started or reached. The message is one sentence for the person at the terminal and says what to do; it
 * never reaches a client over HTTP.
 */
export class EmbeddedPostgresError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** Another live process owns the data folder. */
export class HomeInUseError extends EmbeddedPostgresError {
  constructor(homeDir: string, ownerPid: number | null) {
    const owner = ownerPid === null ? 'another process' : `process ${ownerPid}`;
    super(
      `The data in ${homeDir} is in use by ${owner}: stop that one first, or set PROMPT_LEDGER_HOME to another folder.`,
    );
  }
}

/** No process runs an embedded server for this home. */
export class NoEmbeddedServerError extends EmbeddedPostgresError {
  constructor(homeDir: string) {
    super(
      `No embedded database is running for ${homeDir}: start the service with \`npm start\`, or set DATABASE_URL to a PostgreSQL server.`,
    );
  }
}

/** True when `error` is a Node system error with one of the codes, such as `ENOENT`. */
export function hasErrorCode(error: unknown, ...codes: string[]): boolean {
  // Checks the shape: under Jest, Node's errors come from another realm, so `instanceof` does not recognise them.
  return typeof error === 'object' && error !== null && 'code' in error && codes.includes(String(error.code));
}

/** Turns "permission denied" on one of our files into a sentence. Returns any other error unchanged. */
export function explainAccessError(error: unknown, path: string): unknown {
  if (!hasErrorCode(error, 'EACCES', 'EPERM', 'EROFS')) return error;
  return new EmbeddedPostgresError(
    `${path} cannot be used by this user: start as the user who made it, or set PROMPT_LEDGER_HOME to a folder of your own.`,
    { cause: error },
  );
}
