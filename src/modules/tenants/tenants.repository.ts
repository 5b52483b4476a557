import { Injectable } from '@nestjs/common';
import { type EntityManager, MoreThan, QueryFailedError } from 'typeorm';
import { EnvironmentEntity, ProjectEntity } from '../../entities/index.js';
import { TenantScope } from '../../infra/database/index.js';

const UNIQUE_VIOLATION = '23505';

/** Every method runs in a transaction of the instance, which sees all projects. */
@Injectable()
export class TenantsRepository {
  constructor(private readonly scope: TenantScope) {}

  /** Returns an id for a new project, because its transaction has to name the project from the start. */
  async takeId(): Promise<string> {
    const [row] = await this.scope.system<{ id: string }>('SELECT ledger_uuid7() AS id');
    return (row as { id: string }).id;
  }

  /** @returns null if the name is taken. */
  async insert(
    tx: EntityManager,
    project: Pick<ProjectEntity, 'projectId' | 'name' | 'settings'>,
  ): Promise<ProjectEntity | null> {
    const rows = await tx.query<unknown[]>(
      `INSERT INTO projects (project_id, name, settings) VALUES ($1, $2, $3) ON CONFLICT (name) DO NOTHING RETURNING project_id`,
      [project.projectId, project.name, JSON.stringify(project.settings)],
    );
    return rows.length === 0 ? null : this.find(tx, project.projectId);
  }

  async insertEnvironments(tx: EntityManager, projectId: string, names: readonly string[]): Promise<void> {
    await tx.insert(
      EnvironmentEntity,
      names.map((name) => ({ projectId, name })),
    );
  }

  async find(tx: EntityManager, projectId: string): Promise<ProjectEntity | null> {
    return tx.findOneBy(ProjectEntity, { projectId });
  }

  /**
   * Locks the prompts of a project before the project itself, in the same order as every change of a prompt. The trigger that renews their
   * revisions would take the two in the opposite order.
   */
  async lockPrompts(tx: EntityManager, projectId: string): Promise<void> {
    const text = `SELECT FROM prompts WHERE project_id = $1 AND deleted_at IS NULL ORDER BY name FOR NO KEY UPDATE`;
    await tx.query(text, [projectId]);
  }

  /** Finds a project like {@link find}, and locks it until the transaction ends. */
  async findLocked(tx: EntityManager, projectId: string): Promise<ProjectEntity | null> {
    return tx.findOne(ProjectEntity, { where: { projectId }, lock: { mode: 'for_no_key_update' } });
  }

  /** Lists the oldest first. */
  async list(tx: EntityManager, afterId: string | undefined, limit: number): Promise<ProjectEntity[]> {
    return tx.find(ProjectEntity, {
      where: afterId === undefined ? {} : { projectId: MoreThan(afterId) },
      order: { projectId: 'ASC' },
      take: limit,
    });
  }

  /**
   * @param isArchived a project that is already archived keeps its time.
   * @returns null if the name is taken.
   */
  async update(
    tx: EntityManager,
    project: ProjectEntity,
    { name, settings, isArchived }: { name: string; settings: object; isArchived: boolean },
  ): Promise<ProjectEntity | null> {
    try {
      await tx.query(
        `UPDATE projects SET name = $2, settings = $3, archived_at = CASE WHEN $4 THEN coalesce(archived_at, now()) END
         WHERE project_id = $1`,
        [project.projectId, name, JSON.stringify(settings), isArchived],
      );
    } catch (error) {
      if (error instanceof QueryFailedError && Reflect.get(error, 'code') === UNIQUE_VIOLATION) return null;
      throw error;
    }
    return this.find(tx, project.projectId);
  }
}
