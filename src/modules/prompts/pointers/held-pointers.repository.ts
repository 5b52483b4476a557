import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { environmentsLockKey } from './environment-rules.repository.js';

/** A pointer that is locked against moves, and whether its environment is protected. */
export interface HeldPointer {
  /** The version that the pointer selects; null for none. */
  readonly versionId: string | null;
  readonly isProtected: boolean;
}

export interface WantedPointer {
  readonly projectId: string;
  readonly promptId: string;
  readonly environment: string;
}

/** A move from a version to itself: records a decision to leave the pointer where it is. */
export interface Stay extends WantedPointer {
  readonly versionId: string;
  readonly revision: number;
  readonly by: string;
  readonly reason: string | null;
  readonly changeId: string | null;
}

const READ = `SELECT (SELECT pp.version_id FROM prompt_pointers pp
      WHERE pp.project_id = $1 AND pp.prompt_id = $2 AND pp.environment = $3) AS "versionId",
    coalesce((SELECT e.protected FROM environments e WHERE e.project_id = $1 AND e.name = $3), false) AS "isProtected"`;

const INSERT_STAY = `INSERT INTO pointer_moves (project_id, prompt_id, environment, from_version_id, to_version_id, registry_revision,
    moved_by, reason, change_id)
  VALUES ($1, $2, $3, $4, $4, $5, $6, $7, $8)`;

@Injectable()
export class HeldPointersRepository {
  /**
   * Locks the rules of the project and the prompt, in the usual lock order, unless either is locked. Waiting could deadlock in a
   * transaction that already holds a lock which comes later in that order.
   * @returns false when another transaction holds either lock, or the prompt is deleted.
   */
  async tryLock(tx: EntityManager, { projectId, promptId }: WantedPointer): Promise<boolean> {
    const [rules] = await tx.query<{ isHeld: boolean }[]>(
      `SELECT pg_try_advisory_xact_lock_shared(${environmentsLockKey('$1')}) AS "isHeld"`,
      [projectId],
    );
    if (rules?.isHeld !== true) return false;
    const prompts = await tx.query<unknown[]>(
      `SELECT FROM prompts WHERE project_id = $1 AND prompt_id = $2 AND deleted_at IS NULL FOR UPDATE SKIP LOCKED`,
      [projectId, promptId],
    );
    return prompts.length === 1;
  }

  /** Reads a pointer. The caller holds the locks. */
  async read(tx: EntityManager, { projectId, promptId, environment }: WantedPointer): Promise<HeldPointer> {
    const [row] = await tx.query<HeldPointer[]>(READ, [projectId, promptId, environment]);
    return row as HeldPointer;
  }

  async insertStay(tx: EntityManager, stay: Stay): Promise<void> {
    const { projectId, promptId, environment, versionId, revision, by, reason, changeId } = stay;
    await tx.query(INSERT_STAY, [
      projectId,
      promptId,
      environment,
      versionId,
      revision,
      by,
      reason,
      changeId,
    ]);
  }
}
