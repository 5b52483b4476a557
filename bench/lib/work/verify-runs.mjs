import { findRecordTables } from './record-tables.mjs';

/**
 * Counts the bytes that a run writes to the tables before and after its call, which a comparable peer has to write too. Before the call
 * these are a row of the execution and its input, and after it the finished row, the attempt and the output.
 *
 * @param {import('../servers/postgres.mjs').Database} database a database with some ended runs of the label.
 * @returns {Promise<{ before: number, after: number }>}
 */
export async function measureStoredBytes(database, label) {
  const [bytes] = await database.query(
    `SELECT avg(pg_column_size(e.*))::integer AS execution, avg(pg_column_size(i.*))::integer AS input,
       avg(pg_column_size(a.*))::integer AS attempt, avg(pg_column_size(o.*))::integer AS output
     FROM executions e
     JOIN execution_inputs i USING (project_id, execution_id)
     JOIN execution_attempts a USING (project_id, execution_id)
     JOIN execution_outputs o USING (project_id, execution_id)
     WHERE e.correlation_id = $1 AND e.status = 'succeeded'`,
    [label],
  );
  return { before: bytes.execution + bytes.input, after: bytes.execution + bytes.attempt + bytes.output };
}

/**
 * Checks that the figures are valid: after service and server were killed, every answered execution is complete in Postgres.
 *
 * @returns {Promise<string>} a sentence that confirms it.
 * @throws {Error} when one is missing.
 */
export async function verifyRuns({ database, label, answeredCount, wasKilled }) {
  const { executions, attempts } = await findRecordTables(database);
  const [{ count }] = await database.query(
    `SELECT count(*)::integer AS count
     FROM ${executions} e
     JOIN execution_inputs USING (project_id, execution_id)
     JOIN execution_outputs USING (project_id, execution_id)
     JOIN ${attempts} a USING (project_id, execution_id)
     WHERE e.correlation_id = $1 AND e.status = 'succeeded' AND a.status = 'succeeded'`,
    [label],
  );
  const after = `after SIGKILL of the service${wasKilled ? ' and of PostgreSQL' : ''}`;
  if (count !== answeredCount) {
    throw new Error(
      `Not durable: ${answeredCount} runs were answered and ${count} are in Postgres ${after}.`,
    );
  }
  return `All ${answeredCount} answered runs are in Postgres with input, attempt and output ${after}.`;
}
