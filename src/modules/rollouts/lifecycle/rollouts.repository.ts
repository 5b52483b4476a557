import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { RolloutEntity, RolloutStatus } from '../../../entities/index.js';
import type { RolloutDefinition } from '../deciding/rollout-definition.js';

/** The definition as stored. The rollout's own id is a separate column. */
export type StoredDefinition = Omit<RolloutDefinition, 'rolloutId'> & {
  /** The scorers that existed at its creation, by name. A later scorer with the same name is a different metric. */
  readonly scorerIds?: Readonly<Record<string, string>>;
};

/** A step that has begun. */
export interface PhaseRecord {
  readonly phase: number;
  readonly percent: number;
  /** RFC 3339. */
  readonly startedAt: string;
  readonly endedAt: string | null;
}

/** A rollout with everything needed to show it and to decide on it. */
export interface RolloutRecord extends Omit<RolloutEntity, 'definition'> {
  readonly promptName: string;
  /** The team responsible for the prompt; null for none. */
  readonly ownerTeam: string | null;
  readonly controlVersion: number;
  readonly candidateVersion: number;
  /** Variables that the candidate uses and the control does not. */
  readonly newVariables: readonly string[];
  readonly definition: StoredDefinition;
  /** In order. */
  readonly phases: readonly PhaseRecord[];
}

/** The current state of the target of a new rollout; null where something does not exist. */
export interface RolloutTarget {
  readonly promptId: string;
  readonly ownerTeam: string | null;
  readonly pointerVersion: number | null;
  readonly controlVersionId: string | null;
  readonly controlVersion: number | null;
  readonly controlChecksum: string | null;
  readonly candidateVersionId: string | null;
  readonly candidateChecksum: string | null;
  /** For each known score and outcome, such as `score:short`, whether its values are only yes or no. */
  readonly yesNo: Readonly<Record<string, boolean>>;
  /** Ids of the existing scorers, by name. */
  readonly scorerIds: Readonly<Record<string, string>>;
}

export interface WantedRollout {
  readonly promptName: string;
  readonly environment: string;
  /** Null: the version at the pointer. */
  readonly controlVersion: number | null;
  readonly candidateVersion: number;
  readonly scorers: readonly string[];
  readonly outcomes: readonly string[];
}

export type NewRollout = Pick<
  RolloutEntity,
  | 'projectId'
  | 'name'
  | 'promptId'
  | 'environment'
  | 'controlVersionId'
  | 'controlChecksum'
  | 'candidateVersionId'
  | 'candidateChecksum'
  | 'createdBy'
> & { readonly definition: StoredDefinition };

export interface RolloutFilter {
  readonly status?: RolloutStatus | undefined;
  readonly promptName?: string | undefined;
  readonly environment?: string | undefined;
  /** Only rollouts older than this one. */
  readonly beforeId?: string | undefined;
  readonly limit: number;
}

/** An update to a rollout. */
export interface RolloutProgress {
  readonly status: RolloutStatus;
  /** The step from now on. */
  readonly phase: number;
  readonly changeId: string | null;
  readonly by: string;
  readonly reason: string | null;
}

const READ = `SELECT r.project_id AS "projectId", r.rollout_id AS "rolloutId", r.name, r.status, r.prompt_id AS "promptId", r.environment,
    r.control_version_id AS "controlVersionId", r.control_checksum AS "controlChecksum",
    r.candidate_version_id AS "candidateVersionId", r.candidate_checksum AS "candidateChecksum", r.definition, r.phase, r.fence,
    r.change_id AS "changeId", r.created_by AS "createdBy", r.created_at AS "createdAt", r.started_at AS "startedAt",
    r.ended_at AS "endedAt", r.status_at AS "statusAt", r.status_by AS "statusBy", r.status_reason AS "statusReason",
    p.name AS "promptName", p.owner_team AS "ownerTeam", control.version_number AS "controlVersion",
    candidate.version_number AS "candidateVersion",
    ARRAY(SELECT v FROM unnest(candidate.variables) AS c(v) WHERE v <> ALL (control.variables)) AS "newVariables",
    (SELECT coalesce(json_agg(json_build_object('phase', f.phase, 'percent', f.percent, 'startedAt', ledger_wire_time(f.started_at),
        'endedAt', ledger_wire_time(f.ended_at)) ORDER BY f.phase), '[]')
      FROM rollout_phases f WHERE f.project_id = r.project_id AND f.rollout_id = r.rollout_id) AS phases
  FROM rollouts r
  JOIN prompts p ON p.project_id = r.project_id AND p.prompt_id = r.prompt_id
  JOIN prompt_versions control ON control.project_id = r.project_id AND control.version_id = r.control_version_id
  JOIN prompt_versions candidate ON candidate.project_id = r.project_id AND candidate.version_id = r.candidate_version_id
  WHERE r.project_id = $1`;

const TARGET = `SELECT p.prompt_id AS "promptId", p.owner_team AS "ownerTeam", pointed.version_number AS "pointerVersion",
    control.version_id AS "controlVersionId", control.version_number AS "controlVersion", control.checksum_hash AS "controlChecksum",
    candidate.version_id AS "candidateVersionId", candidate.checksum_hash AS "candidateChecksum",
    (SELECT coalesce(jsonb_object_agg('score:' || s.name, s.kind = 'check' OR newest.definition ->> 'labels' IS NOT NULL), '{}')
      FROM scorers s CROSS JOIN LATERAL (SELECT v.definition FROM scorer_versions v
        WHERE v.project_id = s.project_id AND v.scorer_id = s.scorer_id ORDER BY v.version_number DESC LIMIT 1) AS newest
      WHERE s.project_id = $1 AND s.name = ANY ($6::text[]) AND s.deleted_at IS NULL)
    || (SELECT coalesce(jsonb_object_agg('outcome:' || n.metric, latest.is_boolean), '{}')
      FROM unnest($7::text[]) AS n(metric) CROSS JOIN LATERAL (SELECT o.is_boolean FROM outcomes o
        WHERE o.project_id = $1 AND o.metric = n.metric ORDER BY o.sequence DESC LIMIT 1) AS latest) AS "yesNo",
    (SELECT coalesce(jsonb_object_agg(s.name, s.scorer_id), '{}') FROM scorers s
      WHERE s.project_id = $1 AND s.name = ANY ($6::text[]) AND s.deleted_at IS NULL) AS "scorerIds"
  FROM prompts p
  LEFT JOIN prompt_pointers pp ON pp.project_id = p.project_id AND pp.prompt_id = p.prompt_id AND pp.environment = $3
  LEFT JOIN prompt_versions pointed ON pointed.project_id = p.project_id AND pointed.version_id = pp.version_id
  LEFT JOIN prompt_versions control ON control.project_id = p.project_id AND control.prompt_id = p.prompt_id
    AND control.version_number = coalesce($4::integer, pointed.version_number)
  LEFT JOIN prompt_versions candidate ON candidate.project_id = p.project_id AND candidate.prompt_id = p.prompt_id
    AND candidate.version_number = $5
  WHERE p.project_id = $1 AND p.name = $2 AND p.deleted_at IS NULL`;

const INSERT = `INSERT INTO rollouts (project_id, name, prompt_id, environment, control_version_id, control_checksum, candidate_version_id,
    candidate_checksum, definition, created_by, status_by)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)
  RETURNING rollout_id AS "rolloutId"`;

/** Uses the current time, not the start of the transaction, which may have waited for a lock. */
const PROGRESS = `UPDATE rollouts SET status = $4, phase = $5, fence = fence + 1, change_id = $6, status_at = clock_timestamp(), status_by = $7,
    status_reason = $8, started_at = CASE WHEN $4 = 'running' THEN coalesce(started_at, clock_timestamp()) ELSE started_at END,
    ended_at = CASE WHEN $9 THEN clock_timestamp() END
  WHERE project_id = $1 AND rollout_id = $2 AND fence = $3`;

const END_PHASES = `UPDATE rollout_phases SET ended_at = clock_timestamp()
  WHERE project_id = $1 AND rollout_id = $2 AND ended_at IS NULL`;

const BEGIN_PHASE = `INSERT INTO rollout_phases (project_id, rollout_id, phase, percent, started_at)
  VALUES ($1, $2, $3, $4, clock_timestamp())`;

/** Stores rollouts and their progress. */
@Injectable()
export class RolloutsRepository {
  /** Reads everything in one statement, for a consistent snapshot. @returns null if there is no such prompt. */
  async findTarget(
    tx: EntityManager,
    projectId: string,
    wanted: WantedRollout,
  ): Promise<RolloutTarget | null> {
    const { promptName, environment, controlVersion, candidateVersion, scorers, outcomes } = wanted;
    const values = [projectId, promptName, environment, controlVersion, candidateVersion, scorers, outcomes];
    return (await tx.query<RolloutTarget[]>(TARGET, values))[0] ?? null;
  }

  /** @returns the id of the rollout. */
  async insert(tx: EntityManager, rollout: NewRollout): Promise<string> {
    const [row] = await tx.query<{ rolloutId: string }[]>(INSERT, [
      rollout.projectId,
      rollout.name,
      rollout.promptId,
      rollout.environment,
      rollout.controlVersionId,
      rollout.controlChecksum,
      rollout.candidateVersionId,
      rollout.candidateChecksum,
      JSON.stringify(rollout.definition),
      rollout.createdBy,
    ]);
    return (row as { rolloutId: string }).rolloutId;
  }

  async find(tx: EntityManager, projectId: string, rolloutId: string): Promise<RolloutRecord | null> {
    const rows = await tx.query<RolloutRecord[]>(`${READ} AND r.rollout_id = $2`, [projectId, rolloutId]);
    return rows[0] ?? null;
  }

  /** Locks the rollout until the transaction ends. @returns null if there is no such rollout. */
  async findLocked(tx: EntityManager, projectId: string, rolloutId: string): Promise<RolloutRecord | null> {
    // A separate statement: the next one must see what was committed while this one waited.
    await tx.query('SELECT FROM rollouts WHERE project_id = $1 AND rollout_id = $2 FOR UPDATE', [
      projectId,
      rolloutId,
    ]);
    return this.find(tx, projectId, rolloutId);
  }

  /** Finds the rollout that runs or is paused. @returns its id; null for none. */
  async findActive(
    tx: EntityManager,
    { projectId, promptId, environment }: Pick<RolloutEntity, 'projectId' | 'promptId' | 'environment'>,
  ): Promise<string | null> {
    const rows = await tx.query<{ rolloutId: string }[]>(
      `SELECT rollout_id AS "rolloutId" FROM rollouts
       WHERE project_id = $1 AND prompt_id = $2 AND environment = $3 AND status IN ('running', 'paused')`,
      [projectId, promptId, environment],
    );
    return rows[0]?.rolloutId ?? null;
  }

  async findVersionNumber(tx: EntityManager, projectId: string, versionId: string): Promise<number | null> {
    const rows = await tx.query<{ versionNumber: number }[]>(
      `SELECT version_number AS "versionNumber" FROM prompt_versions WHERE project_id = $1 AND version_id = $2`,
      [projectId, versionId],
    );
    return rows[0]?.versionNumber ?? null;
  }

  /** Lists the newest first. */
  async list(tx: EntityManager, projectId: string, filter: RolloutFilter): Promise<RolloutRecord[]> {
    const values: unknown[] = [projectId];
    const bind = (value: unknown) => `$${values.push(value)}`;
    let text = READ;
    if (filter.status !== undefined) text += ` AND r.status = ${bind(filter.status)}`;
    if (filter.promptName !== undefined) text += ` AND p.name = ${bind(filter.promptName)}`;
    if (filter.environment !== undefined) text += ` AND r.environment = ${bind(filter.environment)}`;
    if (filter.beforeId !== undefined) text += ` AND r.rollout_id < ${bind(filter.beforeId)}::uuid`;
    return tx.query<RolloutRecord[]>(
      `${text} ORDER BY r.rollout_id DESC LIMIT ${bind(filter.limit)}`,
      values,
    );
  }

  /** Updates a locked rollout. A new step ends the previous one, and so does the end of the rollout. */
  async progress(
    tx: EntityManager,
    { projectId, rolloutId, fence, phase, definition }: RolloutRecord,
    to: RolloutProgress,
    isFinal: boolean,
  ): Promise<void> {
    const key = [projectId, rolloutId];
    await tx.query(PROGRESS, [...key, fence, to.status, to.phase, to.changeId, to.by, to.reason, isFinal]);
    if (isFinal || to.phase !== phase) await tx.query(END_PHASES, key);
    if (to.phase === phase) return;
    const percent = definition.steps[to.phase - 1]?.percent;
    if (percent === undefined) throw new Error(`rollout ${rolloutId} has no step ${to.phase}`);
    await tx.query(BEGIN_PHASE, [...key, to.phase, percent]);
  }

  /** Queues an event for the project's webhooks. */
  async announce(tx: EntityManager, projectId: string, rolloutId: string, event: string): Promise<void> {
    await tx.query('SELECT ledger_announce_rollout($1, $2, $3)', [projectId, rolloutId, event]);
  }
}
