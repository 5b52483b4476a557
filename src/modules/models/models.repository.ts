import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { ModelEntity } from '../../entities/index.js';
import { TenantScope } from '../../infra/database/index.js';
import type { CatalogueModel } from './model-catalogue.js';

type ModelName = Pick<ModelEntity, 'provider' | 'modelName'>;
export type ModelFacts = Partial<Pick<ModelEntity, 'maxTokens' | 'supportsStreaming'>>;

@Injectable()
export class ModelsRepository {
  constructor(private readonly scope: TenantScope) {}

  async list(tx: EntityManager, projectId: string): Promise<ModelEntity[]> {
    return tx.find(ModelEntity, {
      where: { projectId, allowed: true },
      order: { provider: 'ASC', modelName: 'ASC' },
    });
  }

  /** Returns the updated model. What `facts` leave out stays as it was. */
  async put(
    tx: EntityManager,
    projectId: string,
    provider: string,
    modelName: string,
    facts: ModelFacts,
  ): Promise<ModelEntity> {
    const where = { projectId, provider, modelName };
    await tx.query(
      `INSERT INTO models (project_id, provider, model_name) VALUES ($1, $2, $3)
       ON CONFLICT (project_id, provider, model_name) DO UPDATE SET allowed = true, removed_at = NULL`,
      [projectId, provider, modelName],
    );
    if (Object.keys(facts).length > 0) await tx.update(ModelEntity, where, facts);
    return tx.findOneByOrFail(ModelEntity, where);
  }

  /** Locks the model until the transaction ends. @returns false if it is not on the list. */
  async isAllowed(
    tx: EntityManager,
    projectId: string,
    provider: string,
    modelName: string,
  ): Promise<boolean> {
    const rows = await tx.query<unknown[]>(
      `SELECT model_id FROM models
       WHERE project_id = $1 AND provider = $2 AND model_name = $3 AND allowed FOR NO KEY UPDATE`,
      [projectId, provider, modelName],
    );
    return rows.length > 0;
  }

  /** Finds an allowed model, and locks it until the transaction ends. */
  async findLocked(
    tx: EntityManager,
    projectId: string,
    provider: string,
    modelName: string,
  ): Promise<ModelEntity | null> {
    const where = { projectId, provider, modelName, allowed: true };
    return tx.findOne(ModelEntity, { where, lock: { mode: 'for_no_key_update' } });
  }

  /** Removes a model from the list. The row stays, because executions reference it. */
  async remove(tx: EntityManager, projectId: string, provider: string, modelName: string): Promise<void> {
    await tx.update(
      ModelEntity,
      { projectId, provider, modelName },
      { allowed: false, removedAt: () => 'now()' },
    );
  }

  /** @returns how many models were added to the list. Those already on it, or removed from it, stay as they are. */
  async allowMissing(
    tx: EntityManager,
    models: readonly (Pick<ModelEntity, 'projectId'> & ModelName & Partial<CatalogueModel>)[],
  ): Promise<number> {
    const added = await tx
      .createQueryBuilder()
      .insert()
      .into(ModelEntity)
      // Locks in the same order as recording does, because transactions with different orders would deadlock.
      .values(models.map((model) => ({ ...model, allowed: true })).sort(byName))
      // A model created by recorded executions has only its name.
      .orUpdate(['allowed', 'max_tokens'], ['project_id', 'provider', 'model_name'], {
        overwriteCondition: { where: 'NOT models.allowed AND models.removed_at IS NULL' },
      })
      // TypeORM would merge generated columns into the given values, even for rows that it did not insert.
      .updateEntity(false)
      .returning('model_id')
      .execute();
    return (added.raw as unknown[]).length;
  }

  /** Takes one round trip. @returns null when the project does not allow the model. */
  async findId(projectId: string, provider: string, modelName: string): Promise<string | null> {
    const [row] = await this.scope.statement<{ modelId: string }>(projectId, {
      name: 'find-model',
      text: `SELECT model_id AS "modelId" FROM models
        WHERE project_id = $1 AND provider = $2 AND model_name = $3 AND allowed`,
      values: [projectId, provider, modelName],
    });
    return row?.modelId ?? null;
  }
}

function byName(one: ModelName, other: ModelName): number {
  return toName(one) < toName(other) ? -1 : 1;
}

function toName({ provider, modelName }: ModelName): string {
  return `${provider} ${modelName}`;
}
