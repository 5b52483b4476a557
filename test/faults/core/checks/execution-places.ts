/** Runs SQL as the owner of the tables, and returns the rows. */
type Query = (text: string) => Promise<readonly object[]>;

/**
 * Checks that each input belongs to one execution in exactly one place, in flight or over, and that each execution has its input. One
 * statement reads all places, so that nothing that moves meanwhile is missed or seen twice.
 * @returns a line for each violation.
 */
export async function findMisplaced(query: Query): Promise<string[]> {
  const rows = (await query(
    `SELECT execution_id, sum(is_input)::int AS inputs, sum(1 - is_input)::int AS places
     FROM (
       SELECT project_id, execution_id, 1 AS is_input FROM execution_inputs
       UNION ALL SELECT project_id, execution_id, 0 FROM executions
       UNION ALL SELECT project_id, execution_id, 0 FROM executions_in_flight
     ) AS kept
     GROUP BY project_id, execution_id HAVING sum(is_input) <> 1 OR sum(1 - is_input) <> 1`,
  )) as readonly { execution_id: string; inputs: number; places: number }[];
  return rows.map(
    ({ execution_id: id, inputs, places: count }) => `${id}: ${inputs} inputs, ${count} places`,
  );
}
