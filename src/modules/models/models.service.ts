import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { ModelEntity } from '../../entities/index.js';
import { TenantScope } from '../../infra/database/index.js';
import { type Actor, AuditService } from '../audit/index.js';
import { CacheCounts } from '../../kernel/index.js';
import { ModelNotFoundError } from './errors.js';
import { MODEL_CATALOGUE } from './model-catalogue.js';
import type { ModelDto, ModelListDto, PutModelDto } from './models.dto.js';
import { ModelsRepository } from './models.repository.js';
import { PriceReads } from './prices/price-reads.js';
import { suggestModels, type SuggestModels } from './suggest-models.js';

export interface AllowedModel {
  readonly modelId: string;
  readonly provider: string;
  readonly modelName: string;
}

/** A few hundred bytes each. */
const MAX_CACHED_MODELS = 10_000;

/** The list of models that may be called. */
@Injectable()
export class ModelsService {
  readonly counts = new CacheCounts();
  /** A model that is allowed stays so under its id, so nothing here grows old. One that is not may be any moment. */
  private readonly allowed = new LRUCache<string, AllowedModel>({ max: MAX_CACHED_MODELS });

  constructor(
    private readonly scope: TenantScope,
    private readonly models: ModelsRepository,
    private readonly audit: AuditService,
    private readonly terms: PriceReads,
  ) {}

  async list(projectId: string): Promise<ModelListDto> {
    return { object: 'list', data: (await this.listAllowed(projectId)).map(toDto) };
  }

  /** By provider and name. */
  async listAllowed(projectId: string): Promise<ModelEntity[]> {
    return this.scope.transaction(projectId, (tx) => this.models.list(tx, projectId));
  }

  /** Allows a model, or changes what is known of it. */
  async put(who: Actor, provider: string, modelName: string, request: PutModelDto): Promise<ModelDto> {
    const facts = {
      ...(request.max_tokens === undefined ? {} : { maxTokens: request.max_tokens }),
      ...(request.supports_streaming === undefined ? {} : { supportsStreaming: request.supports_streaming }),
    };
    const put = await this.scope.transaction(who.projectId, async (tx) => {
      const model = toDto(await this.models.put(tx, who.projectId, provider, modelName, facts));
      const change = { action: 'model.put', subject: `model/${model.id}`, after: { ...model } };
      await this.audit.append(tx, who, change);
      return model;
    });
    this.terms.forget();
    return put;
  }

  /** @throws ModelNotFoundError `MODEL_NOT_FOUND` */
  async getAllowed(projectId: string, provider: string, modelName: string): Promise<AllowedModel> {
    const known = this.peekAllowed(projectId, provider, modelName);
    if (known !== null) return known;
    this.counts.misses += 1;
    const modelId = await this.models.findId(projectId, provider, modelName);
    if (modelId === null) {
      const id = `${provider}/${modelName}`;
      throw new ModelNotFoundError(id, (await this.loadSuggestions(projectId))(id));
    }
    const model = { modelId, provider, modelName };
    this.allowed.set(keyOf(projectId, provider, modelName), model);
    return model;
  }

  /** For who has to refuse a model: reads the list, so it is not for the way of a request that is in order. */
  async loadSuggestions(projectId: string): Promise<SuggestModels> {
    const allowed = await this.listAllowed(projectId);
    return (asked) => suggestModels(allowed, asked);
  }

  /** As `getAllowed`, from memory; null says nothing. */
  peekAllowed(projectId: string, provider: string, modelName: string): AllowedModel | null {
    const known = this.allowed.get(keyOf(projectId, provider, modelName));
    if (known === undefined) return null;
    this.counts.hits += 1;
    return known;
  }

  /** Adds what is missing of the catalogue; what is there stays as it is. @returns how many were added. */
  async seed(projectId: string): Promise<number> {
    const models = MODEL_CATALOGUE.map((model) => ({ projectId, ...model }));
    return this.scope.transaction(projectId, (tx) => this.models.allowMissing(tx, models));
  }
}

/** Names of models may have slashes in them; the NUL is refused in whatever comes in. */
function keyOf(projectId: string, provider: string, modelName: string): string {
  return `${projectId}\0${provider}\0${modelName}`;
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
