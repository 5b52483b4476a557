import type { Client } from 'pg';

/** Makes the weekly partitions that exist after the given number of weeks. One exists already if a week began after the migrations. */
export async function makePastWeeks(owner: Client, weeks: number): Promise<void> {
  await owner.query(`
    DO $$
    DECLARE
      week_start timestamptz;
      parent text;
      child text;
    BEGIN
      FOR step IN 1 .. ${weeks} LOOP
        week_start := (date_trunc('week', now() AT TIME ZONE 'UTC') - make_interval(weeks => step)) AT TIME ZONE 'UTC';
        FOREACH parent IN ARRAY ARRAY['executions', 'execution_inputs', 'execution_outputs', 'execution_attempts', 'execution_metadata'] LOOP
          child := parent || '_' || to_char(week_start AT TIME ZONE 'UTC', 'YYYYMMDD');
          CONTINUE WHEN to_regclass(format('public.%I', child)) IS NOT NULL;
          EXECUTE format('CREATE TABLE public.%I PARTITION OF public.%I FOR VALUES FROM (%L) TO (%L)', child, parent,
            ledger_uuid7_floor(week_start), ledger_uuid7_floor(week_start + interval '7 days'));
          EXECUTE format('ALTER TABLE public.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', child);
        END LOOP;
      END LOOP;
    END $$`);
}

export interface PastExecutions {
  readonly projectId: string;
  readonly modelId: string;
  readonly environment: string;
  /** The age of the oldest in days; one is inserted for each day from then on. */
  readonly fromDay: number;
  readonly toDay: number;
  readonly perDay: number;
}

/** Inserts ended executions, each with content that says how many days old it is: `content of day 12`. */
export async function insertPastExecutions(owner: Client, past: PastExecutions): Promise<void> {
  await owner.query(
    `WITH made AS MATERIALIZED (
       SELECT d AS day, now() - make_interval(days => d) + interval '1 hour' AS at,
         (substr(ledger_uuid7_floor(now() - make_interval(days => d) + interval '1 hour')::text, 1, 15) || substr(gen_random_uuid()::text, 16))::uuid AS id,
         'content of day ' || d || '.' AS content
       FROM generate_series($5::integer, $4::integer) AS d CROSS JOIN generate_series(1, $6::integer)
     ), over AS (
       INSERT INTO executions (project_id, execution_id, model_id, environment, execution_mode, status, error_message, metadata, cost_pico_usd,
         created_at, completed_at)
       SELECT $1::uuid, id, $2::uuid, $3, 'sync', 'succeeded', content, json_build_object('note', content), day, at, at FROM made
     ), input AS (
       INSERT INTO execution_inputs (project_id, execution_id, variables_json, rendered_prompt)
       SELECT $1::uuid, id, json_build_object('text', content), content FROM made
     ), output AS (
       INSERT INTO execution_outputs (project_id, execution_id, attempt, response_text, response_bytes, response_sha256)
       SELECT $1::uuid, id, 1, content, 1, 'hash' FROM made
     ), pair AS (
       INSERT INTO execution_metadata (project_id, execution_id, key, value) SELECT $1::uuid, id, 'note', content FROM made
     )
     INSERT INTO execution_attempts (project_id, execution_id, attempt, fence, status, provider, model_name, error_message, started_at)
     SELECT $1::uuid, id, 1, 1, 'succeeded', 'echo', 'echo', content, at FROM made`,
    [past.projectId, past.modelId, past.environment, past.fromDay, past.toDay, past.perDay],
  );
}
