import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { EnvironmentEntity } from '../../entities/index.js';
import { REGISTRY_CHANNEL } from '../prompts/index.js';

/** The settings of an environment that a request may change. */
export type EnvironmentRules = Pick<
  EnvironmentEntity,
  'isProtected' | 'requiredApprovals' | 'approvalTeams' | 'evidence' | 'changeTtlH'
>;

/** A prompt created while the others were being locked is already being changed. Retry the transaction. */
export class PromptsBusy extends Error {}

const LOCK_NOT_AVAILABLE = '55P03';

const APPROVE_STANDING = `INSERT INTO approved_versions (project_id, prompt_id, environment, version_id)
  SELECT pp.project_id, pp.prompt_id, pp.environment, pp.version_id FROM prompt_pointers pp
  WHERE pp.project_id = $1 AND pp.environment = $2
  ON CONFLICT DO NOTHING`;

const LIST_WITHOUT_POINTER = `SELECT p.name FROM prompts p
  WHERE p.project_id = $1 AND p.deleted_at IS NULL AND NOT EXISTS (SELECT FROM prompt_pointers pp
    WHERE pp.project_id = p.project_id AND pp.prompt_id = p.prompt_id AND pp.environment = $2)
  ORDER BY p.name`;

const LIVE_PROMPTS = `SELECT prompt_id FROM prompts WHERE project_id = $1 AND deleted_at IS NULL ORDER BY name FOR NO KEY UPDATE`;

const TAKE_REVISION = `WITH taken AS (
    UPDATE projects SET registry_revision = registry_revision + 1 WHERE project_id = $1 RETURNING registry_revision
  )
  SELECT registry_revision::float8 AS revision FROM taken`;

const RENEW_PROMPTS = `WITH live AS MATERIALIZED (${LIVE_PROMPTS} NOWAIT), renewed AS (
    UPDATE prompts p SET registry_revision = $2 FROM live WHERE p.project_id = $1 AND p.prompt_id = live.prompt_id
  )
  SELECT pg_notify('${REGISTRY_CHANNEL}', json_build_object('project_id', $1::uuid, 'revision', $2::bigint)::text)`;

/** Stores the rules of environments. `EnvironmentRulesRepository` locks them against concurrent changes. */
@Injectable()
export class EnvironmentsRepository {
  /** Lists by name. */
  async list(tx: EntityManager, projectId: string): Promise<EnvironmentEntity[]> {
    return tx.find(EnvironmentEntity, { where: { projectId }, order: { name: 'ASC' } });
  }

  async find(tx: EntityManager, projectId: string, name: string): Promise<EnvironmentEntity | null> {
    return tx.findOneBy(EnvironmentEntity, { projectId, name });
  }

  async add(tx: EntityManager, projectId: string, name: string, rules: EnvironmentRules): Promise<void> {
    await tx.insert(EnvironmentEntity, { projectId, name, ...rules });
  }

  /** Changes the rules, and takes their next revision. */
  async change(tx: EntityManager, projectId: string, name: string, rules: EnvironmentRules): Promise<void> {
    await tx.update(
      EnvironmentEntity,
      { projectId, name },
      { ...rules, revision: () => 'revision + 1', updatedAt: () => 'now()' },
    );
  }

  /** Approves the versions that an environment already runs. */
  async approveStanding(tx: EntityManager, projectId: string, environment: string): Promise<void> {
    await tx.query(APPROVE_STANDING, [projectId, environment]);
  }

  /** Lists the names of the prompts without a pointer in an environment. */
  async listWithoutPointer(tx: EntityManager, projectId: string, environment: string): Promise<string[]> {
    const rows = await tx.query<{ name: string }[]>(LIST_WITHOUT_POINTER, [projectId, environment]);
    return rows.map(({ name }) => name);
  }

  /**
   * Gives every prompt of the project the next `registry_revision`, so that no process runs one under cached rules. Must be the last
   * statement of its transaction, because it takes a revision.
   *
   * Locks are taken in the usual order: prompts by name, then the project. A prompt created in the meantime becomes visible once the
   * project is locked, because its creator took a revision first. It is not waited for, because its holder may be waiting for the project.
   * @throws PromptsBusy when such a prompt is already being changed again.
   */
  async renewPrompts(tx: EntityManager, projectId: string): Promise<void> {
    await tx.query(LIVE_PROMPTS, [projectId]);
    const [taken] = await tx.query<{ revision: number }[]>(TAKE_REVISION, [projectId]);
    try {
      await tx.query(RENEW_PROMPTS, [projectId, taken?.revision]);
    } catch (error) {
      if ((error as { code?: string }).code === LOCK_NOT_AVAILABLE) throw new PromptsBusy();
      throw error;
    }
  }
}
