/**
 * Everything that tests write directly into the tables of executions and attempts. To read them, tests use the
 * views `executions_all` and `execution_attempts_all`, so no test knows how the tables are arranged.
 */

/** Anything that runs SQL as the owner of the tables: a client, a pool, the database of a fault row. */
export interface Database {
  query(text: string, values?: unknown[]): Promise<unknown>;
}

/** The rows that an execution belongs to. */
export interface ExecutionParents {
  readonly promptId: string;
  readonly versionId: string;
  readonly modelId: string;
}

/** The executions to change; omitted for all. */
type Ids = string | readonly string[];

export interface ExecutionOptions {
  readonly executionId?: string;
  readonly status?: 'queued' | 'running';
  readonly mode?: 'sync' | 'async';
  readonly promptMode?: 'full' | 'tracking';
  /** Seconds from now; negative for the past. */
  readonly dueInS?: number;
  readonly leaseInS?: number;
  readonly fence?: number;
  /** Defaults to one for each fence. */
  readonly attemptsMade?: number;
  readonly onUnknown?: 'retry' | 'fail';
  readonly maxNewTokens?: number | null;
  readonly callbackUrl?: string | null;
  readonly batchId?: string | null;
}

export interface FinalExecutionOptions {
  readonly executionId?: string;
  readonly status: 'succeeded' | 'failed' | 'canceled';
  readonly mode?: 'sync' | 'async';
  readonly promptMode?: 'full' | 'tracking';
}

export interface AttemptOptions {
  readonly attempt?: number;
  /** Defaults to the number of the attempt. */
  readonly fence?: number;
  /** `dispatched`: the attempt is being made. */
  readonly status?: 'dispatched' | 'succeeded' | 'failed' | 'outcome_unknown' | 'fenced';
}

/** Inserts an execution that waits or runs, with its input. @returns its id. */
export async function insertExecution(
  database: Database,
  projectId: string,
  ids: ExecutionParents,
  options: ExecutionOptions = {},
): Promise<string> {
  const { status = 'queued', fence = 0, attemptsMade = fence, dueInS = 0, leaseInS = 0 } = options;
  return insertRow(database, projectId, ids, {
    ...options,
    status,
    fence,
    attempts_made: attemptsMade,
    due_in_s: status === 'queued' ? dueInS : null,
    lease_in_s: status === 'running' ? leaseInS : null,
  });
}

/** Inserts an execution that is over, with its input, and without the effects of an ending, such as an announcement. */
export async function insertFinalExecution(
  database: Database,
  projectId: string,
  ids: ExecutionParents,
  options: FinalExecutionOptions,
): Promise<string> {
  return insertRow(database, projectId, ids, { ...options, fence: 1, attempts_made: 1, is_final: true });
}

async function insertRow(
  database: Database,
  projectId: string,
  { promptId, versionId, modelId }: ExecutionParents,
  { executionId, mode, promptMode, onUnknown, maxNewTokens, callbackUrl, batchId, ...rest }: RowOptions,
): Promise<string> {
  const row = {
    project_id: projectId,
    execution_id: executionId,
    prompt_id: promptId,
    version_id: versionId,
    model_id: modelId,
    execution_mode: mode ?? 'async',
    prompt_mode: promptMode ?? 'full',
    on_unknown: onUnknown ?? 'retry',
    max_new_tokens: maxNewTokens,
    callback_url: callbackUrl,
    batch_id: batchId,
    ...rest,
  };
  const inserted = (await database.query(
    `WITH given AS MATERIALIZED (
       SELECT project_id, coalesce(execution_id, ledger_uuid7()) AS execution_id, prompt_id, version_id, model_id, execution_mode,
         prompt_mode, status, due_in_s, lease_in_s, is_final, fence, attempts_made, on_unknown, max_new_tokens, callback_url, batch_id
       FROM json_to_record($1::json) AS row (project_id uuid, execution_id uuid, prompt_id uuid, version_id uuid, model_id uuid,
         execution_mode text, prompt_mode text, status text, due_in_s float8, lease_in_s float8, is_final boolean, fence integer,
         attempts_made integer, on_unknown text, max_new_tokens integer, callback_url text, batch_id uuid)
     ), in_flight AS (
       INSERT INTO executions_in_flight (project_id, execution_id, prompt_id, version_id, model_id, environment, execution_mode,
         prompt_mode, status, timeout_ms, resolved_by, due_at, lease_until, fence, attempt, on_unknown, max_new_tokens, callback_url,
         batch_id, duties)
       SELECT project_id, execution_id, prompt_id, version_id, model_id, 'dev', execution_mode, prompt_mode, status, 1000, 'pointer',
         now() + make_interval(secs => due_in_s), now() + make_interval(secs => lease_in_s), fence, attempts_made, on_unknown,
         max_new_tokens, callback_url, batch_id, CASE WHEN callback_url IS NULL THEN 0 ELSE 2 END
       FROM given WHERE is_final IS NOT TRUE
     ), over AS (
       INSERT INTO executions (project_id, execution_id, prompt_id, version_id, model_id, environment, execution_mode, prompt_mode,
         status, timeout_ms, resolved_by, attempts_made, on_unknown, max_new_tokens, callback_url, batch_id)
       SELECT project_id, execution_id, prompt_id, version_id, model_id, 'dev', execution_mode, prompt_mode, status, 1000, 'pointer',
         attempts_made, on_unknown, max_new_tokens, callback_url, batch_id
       FROM given WHERE is_final
     )
     INSERT INTO execution_inputs (project_id, execution_id, variables_json, rendered_prompt)
     SELECT project_id, execution_id, '{"b": 1, "a": 2}', 'Hello' FROM given RETURNING execution_id`,
    [JSON.stringify(row)],
  )) as { rows: [{ execution_id: string }] };
  return inserted.rows[0].execution_id;
}

interface RowOptions extends Omit<ExecutionOptions, 'status'> {
  readonly status: string;
  readonly attempts_made: number;
  readonly due_in_s?: number | null;
  readonly lease_in_s?: number | null;
  readonly is_final?: boolean;
}

/** Inserts a call to the model `echo` that is being made or has ended. */
export async function insertAttempt(
  database: Database,
  projectId: string,
  executionId: string,
  { attempt = 1, fence = attempt, status = 'dispatched' }: AttemptOptions = {},
): Promise<void> {
  if (status === 'dispatched') {
    await database.query(
      `UPDATE executions_in_flight SET attempt = $3, fence = $4, attempt_started_at = clock_timestamp()
       WHERE project_id = $1 AND execution_id = $2`,
      [projectId, executionId, attempt, fence],
    );
    return;
  }
  await database.query(
    `WITH counted AS (
       UPDATE executions_in_flight SET attempt = greatest(attempt, $3) WHERE project_id = $1 AND execution_id = $2
     )
     INSERT INTO execution_attempts (project_id, execution_id, attempt, fence, status, provider, model_name, started_at)
     VALUES ($1, $2, $3, $4, $5, 'echo', 'echo', clock_timestamp())`,
    [projectId, executionId, attempt, fence, status],
  );
}

/** Lets the leases lapse, as if their workers had been silent for too long. */
export async function lapseLeases(database: Database, ids?: Ids): Promise<void> {
  await database.query(
    `UPDATE executions_in_flight SET lease_until = now() - interval '1 minute' WHERE status = 'running' AND ${AMONG}`,
    among(ids),
  );
}

/** Makes waiting executions due. */
export async function makeDue(database: Database, ids?: Ids): Promise<void> {
  await database.query(
    `UPDATE executions_in_flight SET due_at = now() WHERE status = 'queued' AND ${AMONG}`,
    among(ids),
  );
}

/** Makes waiting executions due the given number of seconds later. */
export async function postpone(database: Database, seconds: number, ids?: Ids): Promise<void> {
  await database.query(
    `UPDATE executions_in_flight SET due_at = due_at + make_interval(secs => $2) WHERE status = 'queued' AND ${AMONG}`,
    [...among(ids), seconds],
  );
}

/** Makes executions due and lapsed whatever their status, to mislead a careless statement. */
export async function makeDueAndLapsed(database: Database, ids?: Ids): Promise<void> {
  await database.query(
    `UPDATE executions_in_flight SET due_at = now() - interval '1 minute', lease_until = now() - interval '1 minute' WHERE ${AMONG}`,
    among(ids),
  );
}

/** Claims what waits, for a minute. */
export async function startRunning(database: Database, ids?: Ids): Promise<void> {
  await database.query(
    `UPDATE executions_in_flight SET status = 'running', fence = fence + 1, due_at = NULL, lease_until = now() + interval '1 minute'
     WHERE status = 'queued' AND ${AMONG}`,
    among(ids),
  );
}

/** Moves executions to the next fence, as if another worker had claimed them: the outcome of a call under way is unknown. */
export async function takeOver(database: Database, ids?: Ids): Promise<void> {
  await database.query(
    `WITH called AS (
       SELECT project_id, execution_id, attempt, fence, attempt_started_at FROM executions_in_flight
       WHERE status = 'running' AND attempt_started_at IS NOT NULL AND ${AMONG}
     ), taken AS (
       UPDATE executions_in_flight SET fence = fence + 1, attempt_started_at = NULL WHERE status = 'running' AND ${AMONG}
     )
     INSERT INTO execution_attempts (project_id, execution_id, attempt, fence, status, provider, model_name, started_at)
     SELECT project_id, execution_id, attempt, fence, 'outcome_unknown', 'echo', 'echo', attempt_started_at FROM called`,
    among(ids),
  );
}

/** Sets how often the executions' worker was lost. */
export async function setLapses(
  database: Database,
  entries: readonly { readonly id: string; readonly lapses: number }[],
): Promise<void> {
  await database.query(
    `UPDATE executions_in_flight e SET lapses = n.lapses
     FROM json_to_recordset($1::json) AS n (id uuid, lapses integer) WHERE e.execution_id = n.id`,
    [JSON.stringify(entries)],
  );
}

/** Records that budgets hold money for the executions. */
export async function noteHolds(database: Database, ids: Ids): Promise<void> {
  await database.query(`UPDATE executions_in_flight SET duties = duties | 1 WHERE ${AMONG}`, among(ids));
}

/** Bypasses the check of a request. */
export async function setCallbackUrl(database: Database, url: string | null, ids: Ids): Promise<void> {
  await database.query(
    `UPDATE executions_in_flight SET callback_url = $2::text, duties = duties & ~2 | CASE WHEN $2::text IS NULL THEN 0 ELSE 2 END WHERE ${AMONG}`,
    [...among(ids), url],
  );
}

/** Makes the executions a batch, as if they had been submitted together. */
export async function moveIntoBatch(database: Database, batchId: string, ids: Ids): Promise<void> {
  await database.query(`UPDATE executions_in_flight SET batch_id = $2 WHERE ${AMONG}`, [
    ...among(ids),
    batchId,
  ]);
}

/** Moves the end of the executions back by the given number of seconds. */
export async function ageExecutions(database: Database, seconds: number, ids: Ids): Promise<void> {
  await database.query(
    `UPDATE executions SET completed_at = completed_at - make_interval(secs => $2) WHERE ${AMONG}`,
    [...among(ids), seconds],
  );
}

/** Returns the partition that keeps the execution. */
export async function findPartition(database: Database, executionId: string): Promise<string | undefined> {
  const found = (await database.query(
    'SELECT tableoid::regclass::text AS partition FROM execution_inputs WHERE execution_id = $1',
    [executionId],
  )) as { rows: { partition: string }[] };
  return found.rows[0]?.partition;
}

/** Cancels everything that waits and releases its holds. */
export async function emptyQueue(database: Database): Promise<void> {
  await database.query(
    `SELECT ledger_end_uncalled(project_id, array_agg(execution_id), 'canceled', NULL, NULL)
     FROM executions_in_flight WHERE status = 'queued' GROUP BY project_id`,
  );
}

const TABLES = [
  'execution_outputs',
  'execution_attempts',
  'execution_inputs',
  'executions',
  'executions_in_flight',
  'execution_metadata',
];

/** Deletes everything that was ever executed; the counts stay. */
export async function emptyExecutions(database: Database): Promise<void> {
  await emptyTables(database, ...TABLES);
}

/** Deletes all rows. TRUNCATE would make new files for each partition and index, which takes a hundred times as long for a few rows. */
export async function emptyTables(database: Database, ...tables: readonly string[]): Promise<void> {
  await database.query(tables.map((table) => `DELETE FROM ${table}`).join('; '));
}

/** Deletes the executions as if they had never existed. */
export async function deleteExecutions(database: Database, ids: Ids): Promise<void> {
  for (const table of TABLES) await database.query(`DELETE FROM ${table} WHERE ${AMONG}`, among(ids));
}

const AMONG = '($1::uuid[] IS NULL OR execution_id = ANY ($1))';

function among(ids: Ids | undefined): unknown[] {
  return [ids === undefined ? null : [ids].flat()];
}
