/**
 * The common parts of the functions on the hot path.
 *
 * Each runs as one prepared statement over a batch in one JSON parameter. The first call on a connection plans its queries, possibly before
 * the tables have statistics, and the plan stays. So the plans must be right whatever the tables hold:
 *
 * - Rows are looked up with `LATERAL (… OFFSET 0)`, which fixes the order of the join: entry by entry, by primary key. A plain join that
 *   was planned while the table was empty may start at the table, and then reads all of it forever.
 * - Rows that are already locked are changed and deleted through {@link numberPlaces}. `execution_id = ANY (…)` looks like a range of the
 *   primary key, but before PostgreSQL 17 a plan for an empty table treats it as a filter, and reads all of the project.
 * - Planner settings are clauses of the function. As settings of a session they would leak, or vanish behind a pooler.
 *
 * Deleting by the `ctid` that the statement has locked is wrong: a lease that is renewed while the ending waits for the row would leave the
 * newer row version, and with it an execution both in flight and over. A later statement finds the newer one.
 */
export const HOT = `VOLATILE SET search_path = pg_catalog, public, pg_temp SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_bitmapscan = off SET enable_mergejoin = off SET jit = off`;

/** Functions that look across projects run as the owner, whose policy `app.system` opens until the transaction ends. */
export const ACROSS_PROJECTS = 'SECURITY DEFINER';
export const AS_SYSTEM = `PERFORM set_config('app.system', 'on', true);`;

/** Columns of a JSON entry: their names and types. */
export type EntryColumns = Readonly<Record<string, SqlType>>;

/** The types of entries, and their TypeScript counterparts. A `bigint` travels as text, which JSON keeps exactly. */
export interface SqlTypes {
  readonly uuid: string;
  readonly text: string;
  readonly integer: number;
  readonly bigint: string | number;
  readonly numeric: string;
  readonly 'double precision': number;
  readonly boolean: boolean;
  readonly timestamptz: Date;
  readonly json: object;
}
export type SqlType = keyof SqlTypes;

/** Builds `json_to_recordset` over entries with these columns, under a name. */
export function recordset(parameter: string, columns: EntryColumns, name: string): string {
  const list = Object.entries(columns).map(([column, type]) => `${column} ${type}`);
  return `json_to_recordset(${parameter}) AS ${name}(${list.join(', ')})`;
}

/** Builds a list of columns of one row: `e.a, e.b`. */
export function listColumns(row: string, names: readonly string[]): string {
  return names.map((name) => `${row}.${name}`).join(', ');
}

/**
 * Returns the places of rows in flight, for `ctid = ANY (…)`. Only for rows that an earlier statement of the transaction has locked, so
 * that they cannot move.
 * @param keys rows of a project's id and an execution's.
 */
export function numberPlaces(keys: string): string {
  return `ARRAY(SELECT o.ctid FROM ${keys} AS k(project_id, execution_id) CROSS JOIN LATERAL (
      SELECT o.ctid FROM executions_in_flight o WHERE o.project_id = k.project_id AND o.execution_id = k.execution_id OFFSET 0) AS o)`;
}

export function grantExecute(signatures: readonly string[]): string {
  return signatures
    .map(
      (signature) => `
REVOKE ALL ON FUNCTION ${signature} FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ${signature} TO prompt_ledger_app;`,
    )
    .join('');
}
