import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { EnvironmentEntity } from '../../../entities/index.js';

/**
 * One lock for all environments of a project: moves share it, and a change of rules waits until it has it alone.
 * @param project a parameter that is the project's id.
 */
export const environmentsLockKey = (project: string) => `hashtextextended('environments ' || ${project}, 0)`;

const LOCK_KEY = environmentsLockKey('$1');

@Injectable()
export class EnvironmentRulesRepository {
  /**
   * The rules of an environment, which stay as they are until the transaction ends. It comes before every lock on a prompt or
   * on the project, because a change of rules takes those after this one.
   * @returns null for an environment that has no rules.
   */
  async hold(tx: EntityManager, projectId: string, name: string): Promise<EnvironmentEntity | null> {
    // A statement of its own: the next one must see what was committed while this one waited.
    await tx.query(`SELECT pg_advisory_xact_lock_shared(${LOCK_KEY})`, [projectId]);
    return tx.findOneBy(EnvironmentEntity, { projectId, name });
  }

  /** Waits until no transaction holds the rules of the project, and keeps the others off until this one ends. */
  async holdAlone(tx: EntityManager, projectId: string): Promise<void> {
    await tx.query(`SELECT pg_advisory_xact_lock(${LOCK_KEY})`, [projectId]);
  }
}
