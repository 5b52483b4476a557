import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { EnvironmentEntity } from '../../../entities/index.js';

/**
 * One lock for all environments of a project: moves share it, and a change of rules takes it exclusively.
 * @param project an SQL parameter with the project's id.
 */
export const environmentsLockKey = (project: string) => `hashtextextended('environments ' || ${project}, 0)`;

const LOCK_KEY = environmentsLockKey('$1');

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

  /** Waits until no transaction holds the rules of the project, and keeps others out until this one ends. */
  async holdAlone(tx: EntityManager, projectId: string): Promise<void> {
    await tx.query(`SELECT pg_advisory_xact_lock(${LOCK_KEY})`, [projectId]);
  }
}
