import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { EnvironmentEntity, type PromptEntity } from '../../../entities/index.js';

/**
 * One lock for all environments of a project: moves share it, and a change of rules takes it exclusively.
 * @param project an SQL parameter with the project's id.
 */
export const environmentsLockKey = (project: string) => `hashtextextended('environments ' || ${project}, 0)`;

const LOCK_KEY = environmentsLockKey('$1');

const PROTECTED_POINTERS = `SELECT pp.environment FROM prompt_pointers pp
  JOIN environments e ON e.project_id = pp.project_id AND e.name = pp.environment
  WHERE pp.project_id = $1 AND pp.prompt_id = $2 AND e.protected ORDER BY pp.environment COLLATE "C"`;

@Injectable()
export class EnvironmentRulesRepository {
  /**
   * Holds the rules of an environment unchanged until the transaction ends. Call it before any lock on a prompt or on the project, because
   * a change of rules takes those after this one.
   * @returns null for an environment that has no rules.
   */
  async hold(tx: EntityManager, projectId: string, name: string): Promise<EnvironmentEntity | null> {
    // A separate statement: the next one must see what was committed while this one waited.
    await tx.query(`SELECT pg_advisory_xact_lock_shared(${LOCK_KEY})`, [projectId]);
    return tx.findOneBy(EnvironmentEntity, { projectId, name });
  }

  /** Lists the protected environments in which a prompt has a version of its own, by name. */
  async listProtected(
    tx: EntityManager,
    { projectId, promptId }: Pick<PromptEntity, 'projectId' | 'promptId'>,
  ): Promise<string[]> {
    const rows = await tx.query<{ environment: string }[]>(PROTECTED_POINTERS, [projectId, promptId]);
    return rows.map(({ environment }) => environment);
  }

  /** Waits until no transaction holds the rules of the project, and keeps others out until this one ends. */
  async holdAlone(tx: EntityManager, projectId: string): Promise<void> {
    await tx.query(`SELECT pg_advisory_xact_lock(${LOCK_KEY})`, [projectId]);
  }
}
