/** Runs SQL as the owner of the tables, and answers its rows. */
type Query = (text: string) => Promise<readonly object[]>;

/**
 * Each input belongs to one execution, which is kept in exactly one place: in flight, or over. And no execution is without
 * its input. All places are read in one statement, so nothing that moves meanwhile is missed or seen twice.
 * @returns a line for each that is otherwise.
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
