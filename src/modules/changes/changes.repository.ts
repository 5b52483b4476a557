import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import {
  ChangeEntity,
  type ChangeReviewEntity,
  type ChangeStatus,
  type StoredEvidenceDemand,
} from '../../entities/index.js';

/** A change with everything needed to show it and to decide on it. */
export interface ChangeRecord extends Omit<ChangeEntity, 'projectId'> {
  readonly promptName: string;
  /** The team responsible for the prompt; null for none. */
  readonly ownerTeam: string | null;
  /** Version numbers. */
  readonly fromVersion: number | null;
  readonly toVersion: number;
  /** The evidence that the environment requires before the change is applied; null for none. */
  readonly evidenceDemand: StoredEvidenceDemand | null;
  readonly isExpired: boolean;
  /** Whether anything that an approval relies on changed since the change was opened. */
  readonly isMoved: boolean;
}

export interface ReviewRecord extends Omit<ChangeReviewEntity, 'projectId' | 'keyId'> {
  /** Whether it is an approval whose author may still approve. */
  readonly counts: boolean;
}

/** The current state of the target of a new change; null where something does not exist. */
export interface ChangeTarget {
  readonly promptId: string;
  readonly ownerTeam: string | null;
  readonly versionId: string | null;
  readonly checksumHash: string | null;
  readonly fromVersionId: string | null;
  readonly isProtected: boolean | null;
  readonly requiredApprovals: number;
  readonly approvalTeams: string[];
  readonly policyRevision: string;
  readonly changeTtlH: number;
}

export type NewChange = Pick<
  ChangeEntity,
  | 'projectId'
  | 'promptId'
  | 'kind'
  | 'rolloutId'
  | 'environment'
  | 'fromVersionId'
  | 'toVersionId'
  | 'checksumHash'
  | 'reason'
  | 'evidence'
  | 'openedBy'
  | 'openedByName'
  | 'openedByKey'
  | 'requiredApprovals'
  | 'approvalTeams'
  | 'policyRevision'
> & { readonly ttlH: number };

export interface ChangeFilter {
  readonly status?: ChangeStatus | undefined;
  readonly promptName?: string | undefined;
  readonly environment?: string | undefined;
  /** Only changes older than this one. */
  readonly beforeId?: string | undefined;
  readonly limit: number;
}

/** An update to a change. Members left out stay unchanged. */
export type ChangeProgress = Pick<ChangeEntity, 'status'> &
  Partial<
    Pick<ChangeEntity, 'closedBy' | 'closedByName' | 'closedByKey' | 'closedReason' | 'emergency' | 'review'>
  >;

/** Compares with the current time, not the start of the transaction, which may have waited for a lock. */
const IS_EXPIRED = 'c.expires_at <= clock_timestamp()';
const IS_MOVED = `(p.deleted_at IS NOT NULL OR pp.version_id IS DISTINCT FROM c.from_version_id OR v.checksum_hash <> c.checksum_hash
    OR e.protected IS NOT TRUE OR e.revision IS DISTINCT FROM c.policy_revision
    OR (SELECT r.status FROM rollouts r WHERE r.project_id = c.project_id AND r.rollout_id = c.rollout_id) <> 'draft')`;
/** Computes in SQL what `currentStatus` does. */
const STATUS_NOW = `CASE WHEN c.status NOT IN ('open', 'approved') THEN c.status WHEN ${IS_EXPIRED} THEN 'expired' WHEN ${IS_MOVED} THEN 'stale' ELSE c.status END`;

const READ = `SELECT c.change_id AS "changeId", c.kind, c.rollout_id AS "rolloutId", c.status, c.prompt_id AS "promptId", c.environment,
    c.from_version_id AS "fromVersionId", c.to_version_id AS "toVersionId", c.checksum_hash AS "checksumHash", c.reason, c.evidence,
    c.opened_by AS "openedBy", c.opened_by_name AS "openedByName", c.opened_by_key AS "openedByKey", c.opened_at AS "openedAt",
    c.required_approvals AS "requiredApprovals", c.approval_teams AS "approvalTeams", c.policy_revision AS "policyRevision",
    c.expires_at AS "expiresAt", c.closed_at AS "closedAt", c.closed_by AS "closedBy", c.closed_by_name AS "closedByName",
    c.closed_by_key AS "closedByKey", c.closed_reason AS "closedReason", c.emergency, c.review,
    p.name AS "promptName", p.owner_team AS "ownerTeam", f.version_number AS "fromVersion", v.version_number AS "toVersion",
    e.evidence AS "evidenceDemand", ${IS_EXPIRED} AS "isExpired", ${IS_MOVED} AS "isMoved"
  FROM changes c
  JOIN prompts p ON p.project_id = c.project_id AND p.prompt_id = c.prompt_id
  JOIN prompt_versions v ON v.project_id = c.project_id AND v.version_id = c.to_version_id
  LEFT JOIN prompt_versions f ON f.project_id = c.project_id AND f.version_id = c.from_version_id
  LEFT JOIN prompt_pointers pp ON pp.project_id = c.project_id AND pp.prompt_id = c.prompt_id AND pp.environment = c.environment
  LEFT JOIN environments e ON e.project_id = c.project_id AND e.name = c.environment
  WHERE c.project_id = $1`;

const TARGET = `SELECT p.prompt_id AS "promptId", p.owner_team AS "ownerTeam", v.version_id AS "versionId", v.checksum_hash AS "checksumHash",
    pp.version_id AS "fromVersionId", e.protected AS "isProtected", e.required_approvals AS "requiredApprovals",
    e.approval_teams AS "approvalTeams", e.revision AS "policyRevision", e.change_ttl_h AS "changeTtlH"
  FROM prompts p
  LEFT JOIN prompt_versions v ON v.project_id = p.project_id AND v.prompt_id = p.prompt_id AND v.version_number = $4
  LEFT JOIN prompt_pointers pp ON pp.project_id = p.project_id AND pp.prompt_id = p.prompt_id AND pp.environment = $3
  LEFT JOIN environments e ON e.project_id = p.project_id AND e.name = $3
  WHERE p.project_id = $1 AND p.name = $2 AND p.deleted_at IS NULL`;

const INSERT = `INSERT INTO changes (project_id, prompt_id, environment, from_version_id, to_version_id, checksum_hash, reason, evidence,
    opened_by, opened_by_name, opened_by_key, required_approvals, approval_teams, policy_revision, expires_at, kind, rollout_id)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, now() + make_interval(hours => $15), $16, $17)
  RETURNING change_id AS "changeId"`;

/** A project without a callback URL is not notified. */
const ANNOUNCE = `INSERT INTO outbox (project_id, kind, subject, due_at, body)
  SELECT p.project_id, $2, $3, now(), json_build_object('url', p.settings ->> 'callback_url', 'event', json_build_object(
    'type', $2::text, 'timestamp', ledger_wire_time(now()), 'data', $4::json))
  FROM projects p
  WHERE p.project_id = $1 AND json_typeof(p.settings -> 'callback_url') = 'string'`;

@Injectable()
export class ChangesRepository {
  /** Reads everything in one statement, for a consistent snapshot. @returns null if there is no such prompt. */
  async findTarget(
    tx: EntityManager,
    projectId: string,
    wanted: { readonly promptName: string; readonly environment: string; readonly versionNumber: number },
  ): Promise<ChangeTarget | null> {
    const values = [projectId, wanted.promptName, wanted.environment, wanted.versionNumber];
    return (await tx.query<ChangeTarget[]>(TARGET, values))[0] ?? null;
  }

  /** @returns the id of the change. */
  async insert(tx: EntityManager, change: NewChange): Promise<string> {
    const [row] = await tx.query<{ changeId: string }[]>(INSERT, [
      change.projectId,
      change.promptId,
      change.environment,
      change.fromVersionId,
      change.toVersionId,
      change.checksumHash,
      change.reason,
      JSON.stringify(change.evidence),
      change.openedBy,
      change.openedByName,
      change.openedByKey,
      change.requiredApprovals,
      change.approvalTeams,
      change.policyRevision,
      change.ttlH,
      change.kind,
      change.rolloutId,
    ]);
    return (row as { changeId: string }).changeId;
  }

  /**
   * Takes the first lock of every action on a change, before those of rules, prompt and project.
   * @returns the ids for the next locks, or null if there is no such change.
   */
  async lock(
    tx: EntityManager,
    projectId: string,
    changeId: string,
  ): Promise<Pick<ChangeEntity, 'promptId' | 'environment'> | null> {
    const text = `SELECT prompt_id AS "promptId", environment FROM changes WHERE project_id = $1 AND change_id = $2 FOR UPDATE`;
    const rows = await tx.query<Pick<ChangeEntity, 'promptId' | 'environment'>[]>(text, [
      projectId,
      changeId,
    ]);
    return rows[0] ?? null;
  }

  /** Locks the pointers of the prompt until the transaction ends. */
  async lockPrompt(tx: EntityManager, projectId: string, promptId: string): Promise<void> {
    const text = 'SELECT FROM prompts WHERE project_id = $1 AND prompt_id = $2 FOR UPDATE';
    await tx.query(text, [projectId, promptId]);
  }

  async find(tx: EntityManager, projectId: string, changeId: string): Promise<ChangeRecord | null> {
    const rows = await tx.query<ChangeRecord[]>(`${READ} AND c.change_id = $2`, [projectId, changeId]);
    return rows[0] ?? null;
  }

  /** Lists the newest first. */
  async list(tx: EntityManager, projectId: string, filter: ChangeFilter): Promise<ChangeRecord[]> {
    const values: unknown[] = [projectId];
    const bind = (value: unknown) => `$${values.push(value)}`;
    const conditions: string[] = [];
    if (filter.status !== undefined) {
      const status = bind(filter.status);
      // A stale or expired change may still be stored as open. The first condition lets the query use the index.
      const isLate = filter.status === 'stale' || filter.status === 'expired';
      const stored = isLate ? `c.status IN (${status}, 'open', 'approved')` : `c.status = ${status}`;
      conditions.push(`${stored} AND ${STATUS_NOW} = ${status}`);
    }
    if (filter.promptName !== undefined) conditions.push(`p.name = ${bind(filter.promptName)}`);
    if (filter.environment !== undefined) conditions.push(`c.environment = ${bind(filter.environment)}`);
    if (filter.beforeId !== undefined) conditions.push(`c.change_id < ${bind(filter.beforeId)}::uuid`);
    const where = conditions.map((condition) => ` AND ${condition}`).join('');
    return tx.query<ChangeRecord[]>(
      `${READ}${where} ORDER BY c.change_id DESC LIMIT ${bind(filter.limit)}`,
      values,
    );
  }

  /** Updates a change. A final status also closes it, and the first closing time stays. */
  async progress(
    tx: EntityManager,
    projectId: string,
    changeId: string,
    progress: ChangeProgress,
  ): Promise<void> {
    const isOpen = progress.status === 'open' || progress.status === 'approved';
    await tx
      .createQueryBuilder()
      .update(ChangeEntity)
      .set({ ...progress, ...(isOpen ? {} : { closedAt: () => 'coalesce(closed_at, now())' }) })
      .where({ projectId, changeId })
      .execute();
  }

  /** Queues an event for the project's webhooks. */
  async announce(
    tx: EntityManager,
    projectId: string,
    event: { readonly type: string; readonly changeId: string; readonly data: object },
  ): Promise<void> {
    await tx.query(ANNOUNCE, [projectId, event.type, event.changeId, JSON.stringify(event.data)]);
  }
}
