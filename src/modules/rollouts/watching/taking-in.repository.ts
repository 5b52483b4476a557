import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { RolloutCursorEntity } from '../../../entities/index.js';
import type { MetricRule } from '../deciding/rollout-definition.js';
import { isMeasured, selectMeasures, sequenceStep } from './measures.js';

/** The right to record events, look and decide, until the transaction ends. */
export type RolloutCursor = Omit<RolloutCursorEntity, 'sweptAt'> & {
  /** When this transaction began, by the clock of the database. */
  readonly at: Date;
  /** Whether to search for executions that were committed minutes after they ended. */
  readonly isSweepDue: boolean;
};

/** A rollout whose events are being recorded. */
export interface TakenRollout {
  readonly projectId: string;
  readonly rolloutId: string;
  readonly startedAt: Date;
  /** The watched metrics; each once. */
  readonly rules: readonly Pick<MetricRule, 'metric' | 'kind'>[];
  /** The scorers of its scores, by name. A missing name stands for the scorer that currently has it. */
  readonly scorerIds: Readonly<Record<string, string>>;
}

export interface TakenIn {
  /** The number of the last event so far. */
  readonly lastSequence: string;
  readonly exposures: number;
}

/**
 * Reads the numbers of the latest score and outcome before any executions. All lower ones are committed, so recording executions afterwards
 * finds them.
 */
const OPEN = `INSERT INTO rollout_cursors (project_id, rollout_id, executions_until, scores_until, outcomes_until)
  VALUES ($1, $2, $3, coalesce((SELECT s.latest FROM score_sequences s WHERE s.project_id = $1), 0),
    coalesce((SELECT o.latest FROM outcome_sequences o WHERE o.project_id = $1), 0))
  ON CONFLICT DO NOTHING`;

const HOLD = `SELECT c.project_id AS "projectId", c.rollout_id AS "rolloutId", c.last_sequence AS "lastSequence", c.looks,
    c.executions_until AS "executionsUntil", c.taken_in_at AS "takenInAt", now() AS at,
    c.swept_at < now() - interval '1 hour' AS "isSweepDue", c.scores_until AS "scoresUntil", c.outcomes_until AS "outcomesUntil"
  FROM rollout_cursors c WHERE c.project_id = $1 AND c.rollout_id = $2 FOR UPDATE SKIP LOCKED`;

const LATEST = `SELECT coalesce((SELECT s.latest FROM score_sequences s WHERE s.project_id = $1), 0) AS scores,
    coalesce((SELECT o.latest FROM outcome_sequences o WHERE o.project_id = $1), 0) AS outcomes`;

const KEEP = `UPDATE rollout_cursors SET last_sequence = $3, executions_until = $4, scores_until = $5, outcomes_until = $6,
    swept_at = CASE WHEN $7 THEN now() ELSE swept_at END, taken_in_at = now()
  WHERE project_id = $1 AND rollout_id = $2`;

/**
 * An execution's end is dated by the start of its transaction, but visible only after the commit. So recent ends are searched again for a
 * while, and known executions are skipped. Ids contain the time, which excludes the weeks before the rollout.
 *
 * An execution has one rollout at most, so its exposure is looked up by its id alone, and `OFFSET 0` prevents a join. Until the table has
 * been analyzed, PostgreSQL assumes that a rollout is as selective as an id. For the same reason executions are compared with
 * IS NOT DISTINCT FROM, which no index serves: only their time is selective.
 *
 * A canceled execution neither failed nor succeeded. Latency covers answers only, because a call that fails at once is not fast.
 * @param measured metrics for which `isMeasured` holds.
 */
const exposeStatement = (measured: readonly string[]) => `WITH found AS MATERIALIZED (
    SELECT e.execution_id, e.status, e.completed_at, e.cache_hit, e.latency_ms, e.cost_pico_usd, e.response_tokens, e.output_valid,
      e.model_id, e.targets, e.rollout, e.rollout_arm
    FROM executions e
    WHERE e.project_id = $1 AND e.rollout IS NOT NULL AND e.completed_at >= $4::timestamptz
      AND e.execution_id >= ledger_uuid7_floor($5::timestamptz) AND e.rollout_id IS NOT DISTINCT FROM $2::uuid
      AND NOT EXISTS (
        SELECT FROM rollout_events x WHERE x.project_id = $1 AND x.execution_id = e.execution_id AND x.kind = 'exposure' OFFSET 0)
    ORDER BY e.completed_at, e.execution_id LIMIT $6
  ), exposed AS MATERIALIZED (
    SELECT f.*, row_number() OVER (ORDER BY f.completed_at, f.execution_id) AS nth,
      CASE WHEN json_array_length(f.targets) > 1 THEN NOT EXISTS (
        SELECT FROM models m WHERE m.project_id = $1 AND m.model_id = f.model_id
          AND m.provider = f.targets -> 0 ->> 'provider' AND m.model_name = f.targets -> 0 ->> 'model_name') END AS is_fallback
    FROM found f
  ), exposures AS (
    INSERT INTO rollout_events
      (project_id, rollout_id, sequence, kind, execution_id, phase, arm, unit, status, is_cached, is_fallback, ended_at, measures)
    SELECT $1, $2, $3::bigint + (x.nth - 1) * ${sequenceStep(measured)} + 1, 'exposure', x.execution_id, (x.rollout ->> 'phase')::integer,
      x.rollout_arm, coalesce(x.rollout ->> 'unit', x.execution_id::text), x.status, x.cache_hit, coalesce(x.is_fallback, false),
      x.completed_at, ${selectMeasures(measured)}
    FROM exposed x ORDER BY x.nth
  )
  SELECT count(*)::integer AS exposures, max(x.completed_at) AS "until",
    $3::bigint + count(*) * ${sequenceStep(measured)} AS "lastSequence" FROM exposed x`;

/**
 * Adds new scores and outcomes of known exposures, and all those of new exposures, which may have arrived first. The index drops
 * duplicates, including second values of an execution. Scores by another scorer that has or had the name, and non-boolean outcomes of a
 * yes-or-no metric, count as missing.
 *
 * Only exposures have no metric. With the condition on `kind`, PostgreSQL may read all exposures of the project by their index.
 */
const ADD_LATE = `WITH fresh AS MATERIALIZED (
    SELECT x.execution_id FROM rollout_events x
    WHERE x.project_id = $1 AND x.rollout_id = $2 AND x.sequence > $4::bigint AND x.metric IS NULL
  ), scored AS (
    SELECT s.sequence, s.execution_id, s.scorer_id, s.value, s.passed, s.created_at FROM scores s
    WHERE s.project_id = $1 AND s.sequence > $5::bigint
    UNION
    SELECT s.* FROM fresh f CROSS JOIN LATERAL (
      SELECT s.sequence, s.execution_id, s.scorer_id, s.value, s.passed, s.created_at FROM scores s
      WHERE s.project_id = $1 AND s.execution_id = f.execution_id OFFSET 0) AS s
  ), became AS (
    SELECT o.sequence, o.execution_id, o.metric, o.value, o.created_at FROM outcomes o
    WHERE o.project_id = $1 AND o.sequence > $6::bigint
    UNION
    SELECT o.* FROM fresh f CROSS JOIN LATERAL (
      SELECT o.sequence, o.execution_id, o.metric, o.value, o.created_at FROM outcomes o
      WHERE o.project_id = $1 AND o.execution_id = f.execution_id OFFSET 0) AS o
  ), came AS (
    SELECT s.sequence, 0 AS source, s.execution_id, 'score:' || c.name AS metric, s.value, s.passed, s.created_at
    FROM scored s JOIN scorers c ON c.project_id = $1 AND c.scorer_id = s.scorer_id
    JOIN unnest($7::text[], $10::uuid[]) AS n(name, pinned) ON n.name = c.name
      AND CASE WHEN n.pinned IS NULL THEN c.deleted_at IS NULL ELSE c.scorer_id = n.pinned END
    UNION ALL
    SELECT o.sequence, 1, o.execution_id, 'outcome:' || o.metric, o.value, o.value = 1, o.created_at FROM became o
    WHERE o.metric = ANY ($8::text[]) AND (o.value IN (0, 1) OR 'outcome:' || o.metric <> ALL ($9::text[]))
  ), added AS (
    INSERT INTO rollout_events (project_id, rollout_id, sequence, kind, execution_id, phase, arm, unit, metric, value, delay_ms)
    SELECT $1, $2, $3::bigint + row_number() OVER (ORDER BY x.sequence, v.source, v.sequence), 'value', x.execution_id, x.phase, x.arm, x.unit,
      v.metric, CASE WHEN v.metric = ANY ($9::text[]) THEN v.passed::integer ELSE v.value END,
      greatest(0, extract(epoch FROM v.created_at - x.ended_at) * 1000)
    FROM came v CROSS JOIN LATERAL (
      SELECT x.rollout_id, x.sequence, x.execution_id, x.phase, x.arm, x.unit, x.ended_at FROM rollout_events x
      WHERE x.project_id = $1 AND x.execution_id = v.execution_id AND x.kind = 'exposure' OFFSET 0) AS x
    WHERE x.rollout_id = $2
    ORDER BY x.sequence, v.source, v.sequence
    ON CONFLICT (project_id, rollout_id, execution_id, metric) WHERE kind = 'value' DO NOTHING
    RETURNING sequence
  )
  SELECT coalesce(max(sequence), $3::bigint) AS "lastSequence" FROM added`;

const AT_ONCE = 5000;
/**
 * Each look goes back over a span seen before, because a commit becomes visible only after the end that it records. All executions of
 * the span are looked up among the known ones, so a span that is long or often searched is expensive: with a second each time, fifteen
 * every ten seconds and fifteen minutes every ten minutes, each execution was looked up five times, now twice.
 */
const OVERLAP_MS = 250;
/** Longer spans, for a busy machine. The last that is due counts. */
const LONGER: readonly { readonly everyMs: number; readonly overlapMs: number }[] = [
  { everyMs: 10_000, overlapMs: 2_000 },
  { everyMs: 60_000, overlapMs: 15_000 },
];
/** Searched every hour for a stalled commit, whose connection PostgreSQL closes after a minute. */
const SWEEP_OVERLAP_MS = 15 * 60_000;

/** Records ended executions, scores and outcomes as events of a rollout, each once. */
@Injectable()
export class TakingInRepository {
  /** @returns null while another process holds the cursor. */
  async hold(
    tx: EntityManager,
    { projectId, rolloutId, startedAt }: Pick<TakenRollout, 'projectId' | 'rolloutId' | 'startedAt'>,
  ): Promise<RolloutCursor | null> {
    const find = async () => (await tx.query<RolloutCursor[]>(HOLD, [projectId, rolloutId]))[0];
    const found = await find();
    if (found !== undefined) return found;
    await tx.query(OPEN, [projectId, rolloutId, startedAt]);
    return (await find()) ?? null;
  }

  /** Records what is available, in bounded portions, so that a backlog does not hold the transaction for long. The next call continues. */
  async takeIn(tx: EntityManager, rollout: TakenRollout, cursor: RolloutCursor): Promise<TakenIn> {
    const { projectId, rolloutId } = rollout;
    const [latest] = await tx.query<{ scores: string; outcomes: string }[]>(LATEST, [projectId]);
    if (latest === undefined) throw new Error('the numbers of scores and outcomes cannot be read');
    const measured = rollout.rules.map(({ metric }) => metric).filter(isMeasured);
    const [exposed] = await tx.query<{ exposures: number; until: Date | null; lastSequence: string }[]>(
      exposeStatement(measured),
      [
        projectId,
        rolloutId,
        cursor.lastSequence,
        new Date(cursor.executionsUntil.getTime() - chooseOverlap(cursor)),
        rollout.startedAt,
        AT_ONCE,
      ],
    );
    if (exposed === undefined) throw new Error('exposures cannot be counted');
    const lastSequence = await this.addLate(tx, rollout, cursor, exposed.lastSequence);
    const isWhole = exposed.exposures < AT_ONCE;
    await tx.query(KEEP, [
      projectId,
      rolloutId,
      lastSequence,
      // Executions are recorded in the order of their ends, so everything before the last one of a portion is known.
      isWhole ? cursor.at : takeLater(exposed.until, cursor.executionsUntil),
      latest.scores,
      latest.outcomes,
      cursor.isSweepDue && isWhole,
    ]);
    return { lastSequence, exposures: exposed.exposures };
  }

  private async addLate(
    tx: EntityManager,
    { projectId, rolloutId, rules, scorerIds }: TakenRollout,
    cursor: RolloutCursor,
    lastSequence: string,
  ): Promise<string> {
    const named = (prefix: string) =>
      rules.flatMap(({ metric }) => (metric.startsWith(prefix) ? [metric.slice(prefix.length)] : []));
    const [scorers, outcomes] = [named('score:'), named('outcome:')];
    if (scorers.length === 0 && outcomes.length === 0) return lastSequence;
    const yesNo = rules.filter(({ kind }) => kind === 'yes_no').map(({ metric }) => metric);
    const [added] = await tx.query<{ lastSequence: string }[]>(ADD_LATE, [
      projectId,
      rolloutId,
      lastSequence,
      cursor.lastSequence,
      cursor.scoresUntil,
      cursor.outcomesUntil,
      scorers,
      outcomes,
      yesNo,
      scorers.map((name) => (Object.hasOwn(scorerIds, name) ? scorerIds[name] : null)),
    ]);
    return added?.lastSequence ?? lastSequence;
  }
}

function takeLater(one: Date | null, other: Date): Date {
  return one !== null && one > other ? one : other;
}

function chooseOverlap({ isSweepDue, takenInAt, at }: RolloutCursor): number {
  if (isSweepDue) return SWEEP_OVERLAP_MS;
  const turn = (time: Date, everyMs: number) => Math.floor(time.getTime() / everyMs);
  const due = LONGER.filter(({ everyMs }) => turn(at, everyMs) > turn(takenInAt, everyMs));
  return due.at(-1)?.overlapMs ?? OVERLAP_MS;
}
