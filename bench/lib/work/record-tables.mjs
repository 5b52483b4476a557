/**
 * Finds the tables in which the record of executions is read. A schema that keeps what is in flight apart from what is over has a view of
 * both; in one that keeps them together, the table itself is that.
 *
 * @typedef {object} RecordTables
 * @property {string} executions those in flight and those that are over.
 * @property {string} attempts the same of their attempts.
 * @property {boolean} isSplit whether what is in flight has a table of its own.
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
