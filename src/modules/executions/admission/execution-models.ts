import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../../infra/config/index.js';
import { DatabaseClock } from '../../../infra/database/index.js';
import {
  type AllowedModel,
  ModelsService,
  type ModelTerms,
  orderTargets,
  PriceReads,
  RoutesService,
} from '../../models/index.js';
import type { ProjectPolicy } from '../../projects/index.js';
import type { RequestToAdmit } from './execution-request.js';
import type { Target, Targets } from './execution-targets.js';
import { type ModelChoice, type ModelName, readModelChoice } from './model-choice.js';

/** The models of a request with their terms, and the route that they come from. */
export interface NamedTargets {
  readonly targets: Targets;
  readonly routeName: string | null;
}

type ModelPolicy = Pick<ProjectPolicy, 'defaultModel'>;
type ModelMember = Pick<RequestToAdmit, 'model'>;

/** Resolves the `model` of a request to the models that may be called, in the order in which they are tried. */
@Injectable()
export class ExecutionModels {
  constructor(
    private readonly config: AppConfig,
    private readonly models: ModelsService,
    private readonly routes: RoutesService,
    private readonly prices: PriceReads,
    private readonly databaseClock: DatabaseClock,
  ) {}

  /**
   * @throws ValidationError `VALIDATION_FAILED` for a `model` of no known form.
   * @throws ModelNotFoundError `MODEL_NOT_FOUND` | ModelRouteNotFoundError `MODEL_ROUTE_NOT_FOUND`
   */
  async find(projectId: string, request: ModelMember, policy: ModelPolicy): Promise<NamedTargets> {
    const { models, routeName } = await this.listNamed(projectId, request, policy);
    const at = this.databaseClock.now();
    const targets = await Promise.all(
      models.map(async ({ provider, modelName }): Promise<Target> => {
        const [model, terms] = await Promise.all([
          this.models.getAllowed(projectId, provider, modelName),
          this.prices.findTerms(projectId, provider, modelName, at),
        ]);
        return toTarget(model, terms);
      }),
    );
    return { targets: targets as [Target, ...Target[]], routeName };
  }

  /** Resolves a request that names at most one model from memory. Null means that {@link find} has to decide. */
  peek(projectId: string, { model }: ModelMember, policy: ModelPolicy): NamedTargets | null {
    const choice = isLeftOut(model) ? null : tryReading(model);
    if (choice === undefined) return null;
    if (choice?.kind === 'route' || (choice !== null && choice.models.length > 1)) return null;
    const { provider, modelName } = choice === null ? this.usual(policy) : choice.models[0];
    const allowed = this.models.peekAllowed(projectId, provider, modelName);
    if (allowed === null) return null;
    const terms = this.prices.peekTerms(projectId, provider, modelName, this.databaseClock.now());
    return terms === null ? null : { targets: [toTarget(allowed, terms)], routeName: null };
  }

  /** Returns the model of a request that names none: the project's default, or the service's. */
  usual({ defaultModel }: ModelPolicy): ModelName {
    return defaultModel ?? this.config.defaultModel;
  }

  private async listNamed(
    projectId: string,
    { model }: ModelMember,
    policy: ModelPolicy,
  ): Promise<{ readonly models: readonly ModelName[]; readonly routeName: string | null }> {
    if (isLeftOut(model)) return { models: [this.usual(policy)], routeName: null };
    const choice =
      tryReading(model) ?? readModelChoice(model, '/model', await this.models.loadSuggestions(projectId));
    if (choice.kind === 'models') return { models: choice.models, routeName: null };
    const route = await this.routes.get(projectId, choice.name);
    return { models: orderTargets(route, Math.random), routeName: route.name };
  }
}

function toTarget({ modelId, provider, modelName }: AllowedModel, { price, maxTokens }: ModelTerms): Target {
  return { modelId, provider, modelName, price, maxTokens };
}

/** Returns undefined for a `model` of no known form. Its refusal suggests similar names, which takes a read of the list. */
function tryReading(model: unknown): ModelChoice | undefined {
  try {
    return readModelChoice(model);
  } catch {
    return undefined;
  }
}

function isLeftOut(model: RequestToAdmit['model']): model is null | undefined {
  return model === undefined || model === null;
}
