const SOCKET_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EPIPE',
  'ETIMEDOUT',
]);

/** SQLSTATE class 08, a server that is starting or stopping, and no free connection slot. */
const SQL_STATES = /^(?:08...|57P0[1235]|53300)$/;

/** pg and its pool raise these as plain errors without a code; the texts are those of pg 8. */
const DRIVER_MESSAGES = new Set([
  'timeout exceeded when trying to connect',
  'timeout expired',
  'Connection terminated',
  'Connection terminated unexpectedly',
  'Connection terminated due to connection timeout',
  'Client has encountered a connection error and is not queryable',
  'Client was closed and is not queryable',
  'Cannot use a pool after calling end on the pool',
  'Query read timeout',
]);

/**
 * True for an error that means "no database" rather than "bad statement". Does not follow `cause`: a failed fetch carries its socket error
 * there, and a provider's outage is not ours.
 */
export function isDatabaseOutage(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const fields = error as Readonly<Record<string, unknown>>;
  if (fields.name === 'CannotExecuteNotConnectedError') return true;
  // TypeORM's QueryFailedError keeps pg's error here.
  if (fields.driverError !== undefined && fields.driverError !== error)
    return isDatabaseOutage(fields.driverError);
  // Node raises an AggregateError when a host has several addresses and none answers.
  if (Array.isArray(fields.errors) && fields.errors.some(isDatabaseOutage)) return true;
  const { code, message, syscall } = fields;
  if (typeof code === 'string') {
    if (SQL_STATES.test(code) || SOCKET_CODES.has(code)) return true;
    // ENOENT on connect means that the Unix socket of a stopped server is missing; on any other file it would be a bug.
    if (code === 'ENOENT') return syscall === 'connect';
  }
  return typeof message === 'string' && DRIVER_MESSAGES.has(message);
}
