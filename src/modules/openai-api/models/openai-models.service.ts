import { Injectable } from '@nestjs/common';
import type { Caller } from '../../auth/index.js';
import { ModelNotFoundError, ModelsService, RoutesService, suggestModels } from '../../models/index.js';
import { PromptList, PromptReads, VersionReads } from '../../prompts/index.js';
import { PROMPT_PREFIX, readAskedModel, ROUTE_PREFIX } from '../requests/asked-model.js';
import { toUnixSeconds } from '../answers/chat-completion.js';
import type { OpenAiModelDto, OpenAiModelListDto } from './openai-models.dto.js';

/** The members of a `PromptDto` that show its creation. */
interface PromptBirth {
  readonly created_at: string;
}

const OWN = 'prompt-ledger';
/** Caps the list, because OpenAI's has no pages. */
const MOST_OF_A_KIND = 200;

/** Lists the values that a chat completion may name as its `model`. */
@Injectable()
export class OpenAiModelsService {
  constructor(
    private readonly models: ModelsService,
    private readonly routes: RoutesService,
    private readonly prompts: PromptList,
    private readonly reads: PromptReads,
    private readonly versions: VersionReads,
  ) {}

  /** Lists all allowed models, and the first 200 each of routes and prompts. Prompts are listed only for callers who may read them. */
  async list({ projectId, scopes }: Caller): Promise<OpenAiModelListDto> {
    const page = { limit: MOST_OF_A_KIND };
    const [models, { routes }, { prompts }] = await Promise.all([
      this.models.listAllowed(projectId),
      this.routes.list(projectId, page),
      scopes.has('prompts:read') ? this.prompts.list(projectId, { ...page, sort: 'name' }) : { prompts: [] },
    ]);
    return {
      object: 'list',
      data: [
        ...models.map(({ provider, modelName, createdAt }) =>
          toOpenAiModel(`${provider}/${modelName}`, createdAt.toISOString(), provider),
        ),
        ...routes.map(({ name, created_at }) => toOpenAiModel(`${ROUTE_PREFIX}${name}`, created_at, OWN)),
        ...prompts.map(({ name, created_at }) => toOpenAiModel(`${PROMPT_PREFIX}${name}`, created_at, OWN)),
      ],
    };
  }

  /**
   * @throws ModelNotFoundError `MODEL_NOT_FOUND`, also for a prompt that the caller may not read.
   * @throws PromptNotFoundError | VersionNotFoundError | ModelRouteNotFoundError | ValidationError
   */
  async get({ projectId, scopes }: Caller, id: string): Promise<OpenAiModelDto> {
    const models = await this.models.listAllowed(projectId);
    const suggest = (asked: string) => suggestModels(models, asked);
    const asked = readAskedModel(id, suggest);
    if (asked.kind === 'route') {
      return toOpenAiModel(id, (await this.routes.read(projectId, asked.name)).created_at, OWN);
    }
    if (asked.kind === 'prompt') {
      if (!scopes.has('prompts:read')) throw new ModelNotFoundError(id);
      return toOpenAiModel(id, await this.findBirth(projectId, asked.name, asked.versionNumber), OWN);
    }
    const model = models.find(({ provider, modelName }) => `${provider}/${modelName}` === id);
    if (model === undefined) throw new ModelNotFoundError(id, suggest(id));
    return toOpenAiModel(id, model.createdAt.toISOString(), model.provider);
  }

  private async findBirth(projectId: string, name: string, versionNumber: number | null): Promise<string> {
    if (versionNumber !== null) {
      return (await this.versions.get(projectId, name, versionNumber)).created_at;
    }
    const prompt = JSON.parse((await this.reads.find(projectId, name)).toString()) as PromptBirth;
    return prompt.created_at;
  }
}

function toOpenAiModel(id: string, createdAt: string, ownedBy: string): OpenAiModelDto {
  return { id, object: 'model', created: toUnixSeconds(createdAt), owned_by: ownedBy };
}
