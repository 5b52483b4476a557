import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Arm } from '../../../bucketing/index.js';
import type { RolloutEventEntity } from '../../../entities/index.js';
import { MOST_MEASURES } from './measures.js';

/** An exposure or one value, with its sequence as a JavaScript number, which never reaches 2^53. */
export type RolloutEventRecord = Omit<
  RolloutEventEntity,
  'projectId' | 'rolloutId' | 'sequence' | 'measures'
> & {
  readonly sequence: number;
};

/**
 * A stored event, reduced to what is counted: `[sequence, arm, unit, metric, value, status, isCached, isFallback, isOwnUnit, measures]`. An
 * exposure has no metric and no value. A value has none of the members after it. `isOwnUnit`: the request had no `unit_key`.
 */
export type CountedEvent = readonly [
  sequence: number,
  arm: Arm,
  unit: string,
  metric: string | null,
  value: number | null,
  status: RolloutEventEntity['status'],
  isCached: boolean | null,
  isFallback: boolean | null,
  isOwnUnit: boolean,
  measures: RolloutEventEntity['measures'],
];

/** The delay of a metric's values after their executions ended. */
export interface MetricDelay {
  readonly phase: number;
  readonly arm: 'control' | 'candidate';
  readonly metric: string;
  readonly medianMs: number;
  readonly p95Ms: number;
  readonly maxMs: number;
}

/** Turns each measure of an exposure into an event. The measures of an exposure before the page may belong to it. */
const READ = `SELECT x.sequence::float8 AS sequence, x.kind, v.execution_id AS "executionId", v.phase, v.arm, v.unit, x.status,
    x.is_cached AS "isCached", x.is_fallback AS "isFallback", x.ended_at AS "endedAt", x.metric, x.value, x.delay_ms AS "delayMs"
  FROM (SELECT * FROM rollout_events v
    WHERE v.project_id = $1 AND v.rollout_id = $2 AND v.sequence > $3 - ${MOST_MEASURES}
    ORDER BY v.sequence LIMIT $4 + ${MOST_MEASURES}) AS v
  CROSS JOIN LATERAL (
    SELECT v.sequence, v.kind, v.status, v.is_cached, v.is_fallback, v.ended_at, v.metric, v.value, v.delay_ms
    UNION ALL
    SELECT v.sequence + m.nth, 'value', NULL, NULL, NULL, NULL, m.metric, m.value::double precision, NULL
    FROM json_each_text(v.measures) WITH ORDINALITY AS m(metric, value, nth)
  ) AS x
  WHERE x.sequence > $3 ORDER BY x.sequence LIMIT $4`;

/**
 * Returns one document, because reading thousands of events a second as rows takes three times the processor time. Events that were known
 * to a look in an earlier step all belong to earlier steps, so reading begins after them.
 */
const COUNTED = `SELECT coalesce(json_agg(json_build_array(v.sequence, v.arm, v.unit, v.metric, v.value, v.status, v.is_cached,
    v.is_fallback, v.unit = v.execution_id::text, v.measures)), '[]') AS events
  FROM (SELECT * FROM rollout_events v
    WHERE v.project_id = $1 AND v.rollout_id = $2 AND v.phase = $4
      AND v.sequence > greatest($3, (SELECT k.last_sequence FROM rollout_looks k
        WHERE k.project_id = $1 AND k.rollout_id = $2 AND k.phase < $4 ORDER BY k.phase DESC, k.look DESC LIMIT 1)) ORDER BY v.sequence LIMIT $5) AS v`;

const DELAYS = `SELECT v.phase, v.arm, v.metric, percentile_cont(0.5) WITHIN GROUP (ORDER BY v.delay_ms) AS "medianMs",
    percentile_cont(0.95) WITHIN GROUP (ORDER BY v.delay_ms) AS "p95Ms", max(v.delay_ms) AS "maxMs"
  FROM rollout_events v WHERE v.project_id = $1 AND v.rollout_id = $2 AND v.delay_ms IS NOT NULL
  GROUP BY v.phase, v.arm, v.metric`;

/** Searches the outcomes that are not boolean, which are rare for a yes-or-no metric. */
const UNREADABLE = `SELECT 'outcome:' || o.metric AS metric, count(*)::integer AS count FROM outcomes o
  WHERE o.project_id = $1 AND o.metric = ANY ($3::text[]) AND NOT o.is_boolean AND o.value NOT IN (0, 1)
    AND (SELECT x.rollout_id FROM rollout_events x
      WHERE x.project_id = $1 AND x.execution_id = o.execution_id AND x.kind = 'exposure') = $2
  GROUP BY o.metric ORDER BY o.metric`;

/** Outcomes of a yes-or-no metric that are neither yes nor no. */
export interface UnreadableOutcomes {
  /** The metric, such as `outcome:resolved`. */
  readonly metric: string;
  readonly count: number;
}

/** Stores the exposures of a rollout and their values. */
@Injectable()
export class RolloutEventsRepository {
  /** Lists events in order. @param after the number of the last known event; 0 for none. */
  list(
    tx: EntityManager,
    projectId: string,
    rolloutId: string,
    { after, limit }: { readonly after: number; readonly limit: number },
  ): Promise<RolloutEventRecord[]> {
    return tx.query<RolloutEventRecord[]>(READ, [projectId, rolloutId, after, limit]);
  }

  /** Lists the stored events of one step in order, for counting. @param after the number of the last known event; 0 for none. */
  async listOfPhase(
    tx: EntityManager,
    projectId: string,
    rolloutId: string,
    { phase, after, limit }: { readonly phase: number; readonly after: number; readonly limit: number },
  ): Promise<readonly CountedEvent[]> {
    const values = [projectId, rolloutId, after, phase, limit];
    const [found] = await tx.query<{ readonly events: readonly CountedEvent[] }[]>(COUNTED, values);
    return found?.events ?? [];
  }

  /** Lists the delays of scores and outcomes. Measures of executions have none. */
  listDelays(tx: EntityManager, projectId: string, rolloutId: string): Promise<MetricDelay[]> {
    return tx.query<MetricDelay[]>(DELAYS, [projectId, rolloutId]);
  }

  /** Counts outcomes that are not valid values of a yes-or-no metric. @param names without `outcome:`. */
  async listUnreadable(
    tx: EntityManager,
    projectId: string,
    rolloutId: string,
    names: readonly string[],
  ): Promise<UnreadableOutcomes[]> {
    if (names.length === 0) return [];
    return tx.query<UnreadableOutcomes[]>(UNREADABLE, [projectId, rolloutId, names]);
  }
}
