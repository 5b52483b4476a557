import { Injectable } from '@nestjs/common';
import { TenantScope } from '../../../infra/database/index.js';

/** The counts of a prompt on one day. */
export interface DayOfPrompt {
  readonly promptId: string;
  /** In UTC, such as `2026-11-26`. */
  readonly day: string;
  readonly executions: number;
  /** The number of executions whose cost is known. */
  readonly priced: number;
  /** Whole pico-dollars. */
  readonly costPicoUsd: string;
}

/**
 * Looks up each prompt and day in the index of the rollups, because a range of days would also read the rows of all other prompts. Deltas
 * are the few rows that are not folded yet.
 */
const LIST = `
  WITH part AS (
    SELECT r.prompt_id, r.period AS day, r.executions, r.cost_count, r.cost_sum_pico_usd
    FROM unnest($2::uuid[]) AS wanted (prompt_id) CROSS JOIN unnest($3::timestamptz[]) AS asked (day)
    CROSS JOIN LATERAL (SELECT * FROM execution_rollups e WHERE e.project_id = $1 AND e.grain = 'day' AND e.period = asked.day
      AND e.prompt_id = wanted.prompt_id OFFSET 0) AS r
    UNION ALL
    SELECT d.prompt_id, date_trunc('day', d.hour, 'UTC'), d.executions, d.cost_count, d.cost_sum_pico_usd
    FROM execution_deltas d WHERE d.project_id = $1 AND d.prompt_id = ANY ($2::uuid[])
      AND date_trunc('day', d.hour, 'UTC') = ANY ($3::timestamptz[])
  )
  SELECT prompt_id AS "promptId", to_char(day AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS day, sum(executions)::float8 AS executions,
    sum(cost_count)::float8 AS priced, sum(cost_sum_pico_usd)::text AS "costPicoUsd"
  FROM part GROUP BY 1, 2`;

/** Reads daily counts of prompts in one statement, so that a concurrent fold does not change the result. */
@Injectable()
export class ActivityRepository {
  constructor(private readonly scope: TenantScope) {}

  /** @param days such as `2026-11-26`. @returns only the days on which an execution ended. */
  async list(
    projectId: string,
    promptIds: readonly string[],
    days: readonly string[],
  ): Promise<DayOfPrompt[]> {
    const values = [projectId, [...new Set(promptIds)], days.map((day) => `${day}T00:00:00Z`)];
    return this.scope.statement<DayOfPrompt & Record<string, unknown>>(projectId, {
      name: 'activity',
      text: LIST,
      values,
    });
  }
}
