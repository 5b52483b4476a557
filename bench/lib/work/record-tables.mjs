/**
 * Finds the relations from which executions are read. A schema that separates executions in flight from ended ones has a view of both. In
 * one that keeps them together, it is the table itself.
 *
 * @typedef {object} RecordTables
 * @property {string} executions all executions, in flight and ended.
 * @property {string} attempts all their attempts.
 * @property {boolean} isSplit whether executions in flight have a table of their own.
 */

/** @param {import('../servers/postgres.mjs').Database} database @returns {Promise<RecordTables>} */
export async function findRecordTables(database) {
  const [found] = await database.query(
    `SELECT to_regclass('executions_all') IS NOT NULL AS "hasExecutions",
       to_regclass('execution_attempts_all') IS NOT NULL AS "hasAttempts",
       to_regclass('executions_in_flight') IS NOT NULL AS "isSplit"`,
  );
  return {
    executions: found.hasExecutions ? 'executions_all' : 'executions',
    attempts: found.hasAttempts ? 'execution_attempts_all' : 'execution_attempts',
    isSplit: found.isSplit,
  };
}
