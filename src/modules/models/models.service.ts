import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { EntityManager } from 'typeorm';
import type { ModelEntity } from '../../entities/index.js';
import { TenantScope } from '../../infra/database/index.js';
import { CacheCounts, Clock, suggestModels, type SuggestModels } from '../../kernel/index.js';
import { type Actor, AuditService, systemActor } from '../audit/index.js';
import { ModelInUseError, ModelNotFoundError } from './errors.js';
import { MODEL_CATALOGUE } from './model-catalogue.js';
import type { ModelDto, ModelListDto, PutModelDto } from './models.dto.js';
import { ModelsRepository } from './models.repository.js';
import { PriceReads } from './prices/price-reads.js';
import { RoutesRepository } from './routes.repository.js';

export interface AllowedModel {
  readonly modelId: string;
  readonly provider: string;
  readonly modelName: string;
}

/** Each takes a few hundred bytes. */
const MAX_CACHED_MODELS = 10_000;
/** How long another process may still use a model that was removed here. */
const TTL_MS = 4000;

interface CachedModel {
  readonly model: AllowedModel;
  readonly readAtMs: number;
}

/** The list of models that may be called. */
@Injectable()
export class ModelsService {
  readonly counts = new CacheCounts();
  /** Allowed models only, because a model that is not allowed may become so at any time. */
  private readonly allowed = new LRUCache<string, CachedModel>({ max: MAX_CACHED_MODELS });
  /** Lookups in flight, shared by all callers of the same model. */
  private readonly looks = new Map<string, Promise<AllowedModel | null>>();

  constructor(
    private readonly scope: TenantScope,
    private readonly models: ModelsRepository,
    private readonly audit: AuditService,
    private readonly terms: PriceReads,
    private readonly routes: RoutesRepository,
    private readonly clock: Clock,
  ) {}

  async list(projectId: string): Promise<ModelListDto> {
    return { object: 'list', data: (await this.listAllowed(projectId)).map(toDto) };
  }

  /** Lists models by provider and name. */
  async listAllowed(projectId: string): Promise<ModelEntity[]> {
    return this.scope.transaction(projectId, (tx) => this.models.list(tx, projectId));
  }

  /** Allows a model, or changes its facts. */
  async put(actor: Actor, provider: string, modelName: string, request: PutModelDto): Promise<ModelDto> {
    const facts = {
      ...(request.max_tokens === undefined ? {} : { maxTokens: request.max_tokens }),
      ...(request.supports_streaming === undefined ? {} : { supportsStreaming: request.supports_streaming }),
    };
    const put = await this.scope.transaction(actor.projectId, async (tx) => {
      const before = await this.models.findLocked(tx, actor.projectId, provider, modelName);
      const entity = await this.models.put(tx, actor.projectId, provider, modelName, facts);
      const model = toDto(entity);
      await this.audit.append(tx, actor, {
        action: 'model.put',
        subject: `model/${model.id}`,
        subjectId: entity.modelId,
        before: before === null ? null : toDto(before),
        after: model,
      });
      return model;
    });
    this.terms.forget();
    return put;
  }

  /**
   * Removes a model from the list. Its executions, prices and counts stay.
   * @throws ModelNotFoundError `MODEL_NOT_FOUND`
   * @throws ModelInUseError `MODEL_IN_USE` while routes use it.
   */
  async delete(actor: Actor, provider: string, modelName: string): Promise<void> {
    const { projectId } = actor;
    const target = { provider, modelName };
    await this.scope.transaction(projectId, async (tx) => {
      await this.routes.takeTurn(tx, projectId);
      await this.assertAllowed(tx, projectId, target);
      const routes = await this.routes.listNames(tx, projectId, target);
      if (routes.length > 0) throw new ModelInUseError(toId(target), routes);
      const model = await this.models.findLocked(tx, projectId, provider, modelName);
      await this.models.remove(tx, projectId, provider, modelName);
      await this.audit.append(tx, actor, {
        action: 'model.delete',
        subject: `model/${toId(target)}`,
        subjectId: model?.modelId ?? null,
        before: model === null ? null : toDto(model),
      });
    });
    const key = toKey(projectId, provider, modelName);
    this.allowed.delete(key);
    // A lookup in flight may have read the state before the change.
    this.looks.delete(key);
  }

  /** Runs in the caller's transaction. @throws ModelNotFoundError `MODEL_NOT_FOUND` */
  async assertAllowed(tx: EntityManager, projectId: string, target: ModelTarget): Promise<void> {
    const { provider, modelName } = target;
    const isAllowed = await this.models.isAllowed(tx, projectId, provider, modelName);
    if (isAllowed) return;
    const id = toId(target);
    throw new ModelNotFoundError(id, suggestModels(await this.models.list(tx, projectId), id));
  }

  /** Returns a model as of at most a few seconds ago. @throws ModelNotFoundError `MODEL_NOT_FOUND` */
  async getAllowed(projectId: string, provider: string, modelName: string): Promise<AllowedModel> {
    const known = this.peekAllowed(projectId, provider, modelName);
    if (known !== null) return known;
    this.counts.misses += 1;
    const model = await this.lookOnce(projectId, provider, modelName);
    if (model === null) {
      const id = toId({ provider, modelName });
      throw new ModelNotFoundError(id, (await this.loadSuggestions(projectId))(id));
    }
    return model;
  }

  /** Loads the names to suggest for an unknown model. Only refusals need the whole list, so only they load it. */
  async loadSuggestions(projectId: string): Promise<SuggestModels> {
    const allowed = await this.listAllowed(projectId);
    return (asked) => suggestModels(allowed, asked);
  }

  /** Does the same as `getAllowed` from the cache. Null means that `getAllowed` has to decide. */
  peekAllowed(projectId: string, provider: string, modelName: string): AllowedModel | null {
    const cached = this.allowed.get(toKey(projectId, provider, modelName));
    if (cached === undefined || this.clock.monotonicMs() - cached.readAtMs >= TTL_MS) return null;
    this.counts.hits += 1;
    return cached.model;
  }

  private lookOnce(projectId: string, provider: string, modelName: string): Promise<AllowedModel | null> {
    const key = toKey(projectId, provider, modelName);
    const known = this.looks.get(key);
    if (known !== undefined) return known;
    // The age counts from before the look-up, so that a slow one does not stretch it.
    const readAtMs = this.clock.monotonicMs();
    const look = this.models.findId(projectId, provider, modelName).then(
      (modelId) => {
        const model = modelId === null ? null : { modelId, provider, modelName };
        if (this.looks.get(key) !== look) return model;
        this.looks.delete(key);
        if (model === null) this.allowed.delete(key);
        else this.allowed.set(key, { model, readAtMs });
        return model;
      },
      (error: unknown) => {
        if (this.looks.get(key) === look) this.looks.delete(key);
        throw error;
      },
    );
    this.looks.set(key, look);
    return look;
  }

  /** Adds missing models of the catalogue. Models on the list, or removed from it, stay as they are. @returns how many were added. */
  async seed(projectId: string): Promise<number> {
    return this.scope.transaction(projectId, (tx) => this.seedWithin(tx, projectId));
  }

  /** Does the same as {@link seed} in the transaction that creates the project. */
  async seedWithin(tx: EntityManager, projectId: string): Promise<number> {
    const models = MODEL_CATALOGUE.map((model) => ({ projectId, ...model }));
    const added = await this.models.allowMissing(tx, models);
    if (added > 0) {
      const seeded = { action: 'models.seed', subject: 'models', after: { added } };
      await this.audit.append(tx, systemActor(projectId), seeded);
    }
    return added;
  }
}

type ModelTarget = Pick<AllowedModel, 'provider' | 'modelName'>;

function toId({ provider, modelName }: ModelTarget): string {
  return `${provider}/${modelName}`;
}

/** Model names may contain slashes. All input with a NUL is refused. */
function toKey(projectId: string, provider: string, modelName: string): string {
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
