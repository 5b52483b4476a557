import type { Client } from 'pg';
import type { CountFilter } from '../../../src/modules/analytics/counts/count-parts.js';
import type { ModeCounts } from '../../../src/modules/analytics/counts/execution-counts.repository.js';

/** Answers the question that rollups answer by reading every execution. */
export async function countByBruteForce(
  owner: Client,
  projectId: string,
  { promptName, span }: CountFilter,
): Promise<ModeCounts[]> {
  const time = (ms: number | undefined, open: string) =>
    ms === undefined || !Number.isFinite(ms) ? open : new Date(ms).toISOString();
  const { rows } = await owner.query<ModeCounts>(
    `SELECT mode,
       (SELECT count(*) FROM prompts p WHERE p.project_id = $1 AND p.mode = modes.mode AND p.deleted_at IS NULL
          AND ($2::text IS NULL OR p.name = $2))::float8 AS "promptCount",
       count(e)::float8 AS executions,
       count(e.latency_ms) FILTER (WHERE e.status = 'succeeded')::float8 AS "latencyCount",
       coalesce(sum(e.latency_ms) FILTER (WHERE e.status = 'succeeded'), 0)::float8 AS "latencySumMs",
       sum(e.prompt_tokens)::float8 AS "promptTokens", sum(e.response_tokens)::float8 AS "responseTokens"
     FROM (VALUES ('full'), ('tracking')) AS modes (mode)
     LEFT JOIN executions_all e ON e.project_id = $1 AND e.prompt_mode = mode AND e.status NOT IN ('queued', 'running')
       AND e.created_at >= $3::timestamptz AND e.created_at < $4::timestamptz
       AND ($2::text IS NULL OR e.prompt_id IN (SELECT prompt_id FROM prompts WHERE project_id = $1 AND name = $2))
     GROUP BY mode`,
    [projectId, promptName, time(span?.startMs, '-infinity'), time(span?.endMs, 'infinity')],
  );
  return inOrder(rows);
}

/** Sorts by mode, for comparisons. */
export function inOrder(counts: readonly ModeCounts[]): ModeCounts[] {
  return [...counts].sort((a, b) => (a.mode < b.mode ? -1 : 1));
}
