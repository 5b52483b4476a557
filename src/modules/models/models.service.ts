import { Injectable } from '@nestjs/common';
import { ModelEntity } from '../../entities/index.js';
import { TenantScope } from '../../infra/database/index.js';
import { type Actor, AuditService } from '../audit/index.js';
import { ModelNotFoundError } from './errors.js';
import { MODEL_CATALOGUE } from './model-catalogue.js';
import type { ModelDto, ModelListDto, PutModelDto } from './models.dto.js';

export interface AllowedModel {
  readonly modelId: string;
  readonly provider: string;
  readonly modelName: string;
}

/** The list of models that may be called. */
@Injectable()
export class ModelsService {
  constructor(
    private readonly scope: TenantScope,
    private readonly audit: AuditService,
  ) {}

  async list(projectId: string): Promise<ModelListDto> {
    const models = await this.scope.transaction(projectId, (tx) =>
      tx.find(ModelEntity, { where: { projectId }, order: { provider: 'ASC', modelName: 'ASC' } }),
    );
    return { object: 'list', data: models.map(toDto) };
  }

  /** Allows a model, or changes what is known of it. */
  async put(who: Actor, provider: string, modelName: string, request: PutModelDto): Promise<ModelDto> {
    const where = { projectId: who.projectId, provider, modelName };
    return this.scope.transaction(who.projectId, async (tx) => {
      await tx
        .createQueryBuilder()
        .insert()
        .into(ModelEntity)
        .values({ ...where })
        .updateEntity(false)
        .orIgnore()
        .execute();
      const change = {
        ...(request.max_tokens === undefined ? {} : { maxTokens: request.max_tokens }),
        ...(request.supports_streaming === undefined
          ? {}
          : { supportsStreaming: request.supports_streaming }),
      };
      if (Object.keys(change).length > 0) await tx.update(ModelEntity, where, change);
      const model = toDto(await tx.findOneByOrFail(ModelEntity, where));
      await this.audit.append(tx, who, {
        action: 'model.put',
        subject: `model/${model.id}`,
        after: { ...model },
      });
      return model;
    });
  }

  /** @throws ModelNotFoundError `MODEL_NOT_FOUND` */
  async getAllowed(projectId: string, provider: string, modelName: string): Promise<AllowedModel> {
    const [row] = await this.scope.statement<{ modelId: string }>(projectId, {
      name: 'find-model',
      text: `SELECT model_id AS "modelId" FROM models WHERE project_id = $1 AND provider = $2 AND model_name = $3`,
      values: [projectId, provider, modelName],
    });
    if (row === undefined) throw new ModelNotFoundError(provider, modelName);
    return { modelId: row.modelId, provider, modelName };
  }

  /** Adds what is missing of the catalogue; what is there stays as it is. @returns how many were added. */
  async seed(projectId: string): Promise<number> {
    const values = MODEL_CATALOGUE.map((model) => ({ projectId, ...model }));
    return this.scope.transaction(projectId, async (tx) => {
      const inserted = await tx
        .createQueryBuilder()
        .insert()
        .into(ModelEntity)
        .values(values)
        .orIgnore()
        .returning('model_id')
        .execute();
      return (inserted.raw as unknown[]).length;
    });
  }
}

function toDto(model: ModelEntity): ModelDto {
  return {
    id: `${model.provider}/${model.modelName}`,
    object: 'model',
    owned_by: model.provider,
    provider: model.provider,
    model_name: model.modelName,
    max_tokens: model.maxTokens,
    supports_streaming: model.supportsStreaming,
  };
}
