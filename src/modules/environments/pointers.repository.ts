import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { PromptEntity, PromptVersionEntity } from '../../entities/index.js';

/** The version of a prompt in an environment. */
export interface StandingVersion {
  readonly environment: string;
  readonly versionNumber: number;
  readonly checksumHash: string;
  readonly movedAt: Date;
  readonly movedBy: string | null;
  readonly isProtected: boolean;
}

export interface PastMove {
  readonly revision: number;
  readonly environment: string;
  readonly fromVersion: number | null;
  readonly toVersion: number;
  readonly movedBy: string | null;
  readonly movedAt: Date;
  readonly reason: string | null;
  readonly changeId: string | null;
  readonly emergency: boolean;
}

export interface MoveFilter {
  readonly environment: string | null;
  /** Only moves before this revision. */
  readonly beforeRevision: number | null;
  readonly limit: number;
}

const LIST = `SELECT pp.environment, v.version_number AS "versionNumber", v.checksum_hash AS "checksumHash", pp.moved_at AS "movedAt",
    pp.moved_by AS "movedBy", coalesce(e.protected, false) AS "isProtected"
  FROM prompt_pointers pp
  JOIN prompt_versions v ON v.project_id = pp.project_id AND v.version_id = pp.version_id
  LEFT JOIN environments e ON e.project_id = pp.project_id AND e.name = pp.environment
  WHERE pp.project_id = $1 AND pp.prompt_id = $2 ORDER BY pp.environment`;

const LIST_MOVES = `SELECT m.registry_revision::float8 AS revision, m.environment, f.version_number AS "fromVersion",
    t.version_number AS "toVersion", m.moved_by AS "movedBy", m.moved_at AS "movedAt", m.reason, m.change_id AS "changeId", m.emergency
  FROM (SELECT * FROM pointer_moves m
    WHERE m.project_id = $1 AND m.prompt_id = $2 AND ($3::text IS NULL OR m.environment = $3)
      AND ($4::bigint IS NULL OR m.registry_revision < $4)
    ORDER BY m.registry_revision DESC LIMIT $5) AS m
  JOIN prompt_versions t ON t.project_id = $1 AND t.version_id = m.to_version_id
  LEFT JOIN prompt_versions f ON f.project_id = $1 AND f.version_id = m.from_version_id
  ORDER BY m.registry_revision DESC`;

/** Skips rollouts that were rolled back, because they left the pointer where it was. */
const LATEST_MOVE = `SELECT m.from_version_id AS "fromVersionId", m.to_version_id AS "toVersionId" FROM pointer_moves m
  WHERE m.project_id = $1 AND m.prompt_id = $2 AND m.environment = $3 AND m.from_version_id IS DISTINCT FROM m.to_version_id
  ORDER BY m.registry_revision DESC LIMIT 1`;

type PromptKey = Pick<PromptEntity, 'projectId' | 'promptId'>;

@Injectable()
export class PointersRepository {
  async findPrompt(tx: EntityManager, projectId: string, name: string): Promise<PromptEntity | null> {
    return tx
      .createQueryBuilder(PromptEntity, 'p')
      .where('p.projectId = :projectId AND p.name = :name AND p.deletedAt IS NULL', { projectId, name })
      .getOne();
  }

  async findVersion(
    tx: EntityManager,
    { projectId, promptId }: PromptKey,
    version: { readonly versionNumber: number } | { readonly versionId: string },
  ): Promise<PromptVersionEntity | null> {
    return tx.findOneBy(PromptVersionEntity, { projectId, promptId, ...version });
  }

  /** Lists by environment. */
  async list(tx: EntityManager, { projectId, promptId }: PromptKey): Promise<StandingVersion[]> {
    return tx.query<StandingVersion[]>(LIST, [projectId, promptId]);
  }

  /** Lists the newest first. */
  async listMoves(
    tx: EntityManager,
    { projectId, promptId }: PromptKey,
    { environment, beforeRevision, limit }: MoveFilter,
  ): Promise<PastMove[]> {
    return tx.query<PastMove[]>(LIST_MOVES, [projectId, promptId, environment, beforeRevision, limit]);
  }

  async findLatestMove(
    tx: EntityManager,
    { projectId, promptId }: PromptKey,
    environment: string,
  ): Promise<{ readonly fromVersionId: string | null; readonly toVersionId: string } | null> {
    const [row] = await tx.query<{ fromVersionId: string | null; toVersionId: string }[]>(LATEST_MOVE, [
      projectId,
      promptId,
      environment,
    ]);
    return row ?? null;
  }
}
