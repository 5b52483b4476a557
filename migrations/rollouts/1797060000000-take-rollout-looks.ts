import type { MigrationInterface, QueryRunner } from 'typeorm';
import { secureTable } from '../ledger/create-prompt-ledger/security.js';
import { ACROSS_PROJECTS, AS_SYSTEM, grantExecute } from '../ledger/create-prompt-ledger/statements.js';

/**
 * The record that the looks of a rollout are computed from: its exposures and their values, in the order in which they were ingested. Only
 * the holder of the row of `rollout_cursors` adds to them, so sequences follow commit order, and a look knew exactly the events up to its
 * `last_sequence`. A value repeats where its exposure belongs, and counts there however late it arrives.
 *
 * An event has no foreign key to its execution, because executions are dropped by the week, and looks can be recomputed forever.
 */
const CREATE_TABLES = `
CREATE TABLE rollout_events (
  project_id uuid NOT NULL,
  rollout_id uuid NOT NULL,
  sequence bigint NOT NULL,
  kind text NOT NULL CHECK (kind IN ('exposure', 'value')),
  execution_id uuid NOT NULL,
  phase integer NOT NULL,
  arm text NOT NULL CHECK (arm IN ('control', 'candidate')),
  unit text NOT NULL,
  status text,
  is_cached boolean,
  is_fallback boolean,
  ended_at timestamptz,
  metric text,
  value double precision,
  delay_ms double precision,
  PRIMARY KEY (project_id, rollout_id, sequence),
  FOREIGN KEY (project_id, rollout_id) REFERENCES rollouts,
  CONSTRAINT rollout_events_kind CHECK (
    CASE kind WHEN 'value' THEN metric IS NOT NULL AND value IS NOT NULL ELSE metric IS NULL AND value IS NULL AND status IS NOT NULL END)
);
-- An execution is exposed once, and the first value of a metric counts.
CREATE UNIQUE INDEX rollout_events_exposure ON rollout_events (project_id, rollout_id, execution_id) WHERE kind = 'exposure';
CREATE UNIQUE INDEX rollout_events_value ON rollout_events (project_id, rollout_id, execution_id, metric) WHERE kind = 'value';
CREATE INDEX rollout_events_of_phase ON rollout_events (project_id, rollout_id, phase, sequence);

CREATE TABLE rollout_looks (
  project_id uuid NOT NULL,
  rollout_id uuid NOT NULL,
  look integer NOT NULL CHECK (look > 0),
  phase integer NOT NULL,
  last_sequence bigint NOT NULL,
  decision text NOT NULL CHECK (decision IN ('continue', 'guardrail', 'next_step', 'success')),
  looked_at timestamptz NOT NULL,
  figures json NOT NULL,
  PRIMARY KEY (project_id, rollout_id, look),
  FOREIGN KEY (project_id, rollout_id) REFERENCES rollouts
);
CREATE INDEX rollout_looks_of_phase ON rollout_looks (project_id, rollout_id, phase, look);

-- How far a rollout is taken in.
CREATE TABLE rollout_cursors (
  project_id uuid NOT NULL,
  rollout_id uuid NOT NULL,
  last_sequence bigint NOT NULL DEFAULT 0,
  looks integer NOT NULL DEFAULT 0,
  executions_until timestamptz NOT NULL,
  swept_at timestamptz NOT NULL DEFAULT '-infinity',
  scores_until bigint NOT NULL DEFAULT 0,
  outcomes_until bigint NOT NULL DEFAULT 0,
  taken_in_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (project_id, rollout_id),
  FOREIGN KEY (project_id, rollout_id) REFERENCES rollouts
);
`;

/** The application's rights to each table. Events and looks are only added to. */
const RIGHTS = {
  rollout_cursors:
    'SELECT, INSERT, UPDATE (last_sequence, looks, executions_until, swept_at, scores_until, outcomes_until, taken_in_at)',
  rollout_looks: 'SELECT, INSERT',
  rollout_events: 'SELECT, INSERT',
} as const;

export const LOOK_TABLES = Object.keys(RIGHTS) as (keyof typeof RIGHTS)[];

export const WATCHED_ROLLOUTS_FUNCTION = 'ledger_list_watched_rollouts(integer)';

/**
 * Rollouts that may have something to ingest: those that are under way, and those that are over while their executions may
 * still end or their project has a score or an outcome that they have not seen. The one that was looked at longest ago comes first.
 */
const LIST = `
CREATE FUNCTION ledger_list_watched_rollouts(most integer) RETURNS TABLE (project_id uuid, rollout_id uuid)
LANGUAGE plpgsql VOLATILE ${ACROSS_PROJECTS} SET search_path = pg_catalog, public, pg_temp
AS $$
#variable_conflict use_column
BEGIN
  ${AS_SYSTEM}
  RETURN QUERY
  SELECT w.project_id, w.rollout_id FROM (
    SELECT r.project_id, r.rollout_id, c.taken_in_at FROM public.rollouts r
    LEFT JOIN public.rollout_cursors c ON c.project_id = r.project_id AND c.rollout_id = r.rollout_id
    WHERE r.status IN ('running', 'paused')
    UNION ALL
    SELECT r.project_id, r.rollout_id, c.taken_in_at FROM public.rollouts r
    LEFT JOIN public.rollout_cursors c ON c.project_id = r.project_id AND c.rollout_id = r.rollout_id
    LEFT JOIN public.score_sequences s ON s.project_id = r.project_id
    LEFT JOIN public.outcome_sequences o ON o.project_id = r.project_id
    WHERE r.status IN ('completed', 'rolled_back', 'stopped') AND r.started_at IS NOT NULL
      AND (c.taken_in_at IS NULL OR c.taken_in_at < now() - interval '3 seconds' AND (r.ended_at > now() - interval '1 hour'
        OR c.scores_until < coalesce(s.latest, 0) OR c.outcomes_until < coalesce(o.latest, 0)))
  ) AS w
  ORDER BY w.taken_in_at NULLS FIRST, w.rollout_id LIMIT most;
END
$$;
${grantExecute([WATCHED_ROLLOUTS_FUNCTION])}
`;

/** Adds the looks at rollouts, and the events that they are computed from. */
export class TakeRolloutLooks1797060000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(CREATE_TABLES);
    await runner.query(LOOK_TABLES.map((table) => secureTable(table, RIGHTS[table])).join('\n'));
    await runner.query(LIST);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP FUNCTION ${WATCHED_ROLLOUTS_FUNCTION};`);
    await runner.query(LOOK_TABLES.map((table) => `DROP TABLE ${table};`).join('\n'));
  }
}
