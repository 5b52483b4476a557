import type { MigrationInterface, QueryRunner } from 'typeorm';
import { ACROSS_PROJECTS, AS_SYSTEM } from '../ledger/create-prompt-ledger/statements.js';

/**
 * Rollouts that may have something to ingest: those that are under way, and those that are over while their executions may
 * still end or their project has a score or an outcome that they have not seen.
 * @param rest how long a rollout that is over is left alone after a look.
 */
const list = (rest: string) => `
CREATE OR REPLACE FUNCTION ledger_list_watched_rollouts(most integer) RETURNS TABLE (project_id uuid, rollout_id uuid)
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
      AND (c.taken_in_at IS NULL OR c.taken_in_at < now() - ${rest} AND (r.ended_at > now() - interval '1 hour'
        OR c.scores_until < coalesce(s.latest, 0) OR c.outcomes_until < coalesce(o.latest, 0)))
  ) AS w
  ORDER BY w.taken_in_at NULLS FIRST, w.rollout_id LIMIT most;
END
$$;
`;

/** The longer ago a rollout ended, the less often its late scores and outcomes are looked for: there may be many such rollouts. */
export class WatchEndedRolloutsLess1797070000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(list(`greatest(interval '3 seconds', (now() - r.ended_at) / 1000)`));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(list(`interval '3 seconds'`));
  }
}
