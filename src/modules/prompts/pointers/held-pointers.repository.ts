import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { environmentsLockKey } from './environment-rules.repository.js';

/** A pointer that nobody moves, and that of the rules of its environment which concerns it. */
export interface HeldPointer {
  /** The version that the pointer stands at; null for none. */
  readonly versionId: string | null;
  readonly isProtected: boolean;
}

export interface WantedPointer {
  readonly projectId: string;
  readonly promptId: string;
  readonly environment: string;
}

/** A move from a version to the same: somebody could have moved the pointer and did not have to. */
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
   * Locks the rules of the project and the prompt, in the order of all code, unless one of them is locked: a transaction that has
   * locked something later in that order must not wait for them.
   * @returns false when another transaction has one of them, or the prompt is deleted.
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

  /** Under the locks. */
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
