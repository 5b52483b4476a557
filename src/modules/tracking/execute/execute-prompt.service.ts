import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../../infra/config/index.js';
import type { RawAnswer } from '../../../infra/http/index.js';
import { ValidationError } from '../../../kernel/index.js';
import type { Caller } from '../../auth/index.js';
import {
  type AdmittedPrompt,
  type ExecutionProtocol,
  RunRights,
  RunService,
  SubmitService,
  type UsedKey,
} from '../../executions/index.js';
import { ProjectPolicies } from '../../projects/index.js';
import {
  DEFAULT_POINTER,
  NoActiveVersionError,
  PromptModeMismatchError,
  VersionNotFoundError,
} from '../../prompts/index.js';
import type { ExecutedPromptDto, ExecutePromptDto } from './execute-prompt.dto.js';
import { TrackedRegistryRepository } from '../tracked-registry.repository.js';

/** Runs prompts of code. Of a prompt in full mode, runs only versions that code registered before. */
const PROTOCOL: ExecutionProtocol = {
  admit: (admitted) => {
    const { name, version, resolvedBy } = admitted.prompt as AdmittedPrompt;
    const isOldCode = resolvedBy === 'template_hash';
    if (version.promptMode === 'full' && !isOldCode) throw new PromptModeMismatchError(name, 'full');
  },
  present: (execution, { prompt }): ExecutedPromptDto => ({
    execution_id: execution.execution_id,
    ...promptFields(prompt as AdmittedPrompt),
    status: execution.status,
    mode: execution.mode,
    ...(execution.rollout === undefined ? {} : { rollout: execution.rollout }),
    ...('telemetry' in execution
      ? { response_text: execution.response_text, telemetry: execution.telemetry }
      : {}),
  }),
};

/** Expects a prompt, which executions of this route always have. */
function promptFields({ name, version }: AdmittedPrompt) {
  return {
    prompt_name: name,
    prompt_mode: version.promptMode,
    version_used: version.versionNumber,
  };
}

/** Runs the executions that code requests. They are the same as those of `:run` and `:submit`. */
@Injectable()
export class ExecutePromptService {
  constructor(
    private readonly config: AppConfig,
    private readonly rights: RunRights,
    private readonly runs: RunService,
    private readonly submits: SubmitService,
    private readonly registry: TrackedRegistryRepository,
    private readonly policies: ProjectPolicies,
  ) {}

  /**
   * @returns 200 or 202 with an {@link ExecutedPromptDto}, or the provider's failure, as `RunService.run` returns it.
   * @throws what `RunRights.whenMayRun`, `RunService.run` and `SubmitService.submit` throw.
   * @throws PromptModeMismatchError `PROMPT_MODE_MISMATCH` for a prompt in full mode, unless it has a version with the given
   *   hash.
   */
  async execute(
    caller: Caller,
    name: string,
    request: ExecutePromptDto,
    variablesJson: string | null,
    { path, key }: { readonly path: string; readonly key: UsedKey | null },
  ): Promise<RawAnswer> {
    const { version = null, mode, model = null, provider = null, model_name = null, ...rest } = request;
    const execution = {
      ...rest,
      prompt_name: name,
      version_number: version,
      model:
        model === null
          ? await this.findModel(caller, provider, model_name)
          : requireOnlyModel(request, model),
    };
    try {
      return await this.rights.whenMayRun(caller, execution, () =>
        mode === 'async'
          ? this.submits.submit(caller, execution, variablesJson, key, { protocol: PROTOCOL })
          : this.runs.run(caller, execution, variablesJson, { path, key, protocol: PROTOCOL }),
      );
    } catch (error) {
      const hasNoVersion = error instanceof VersionNotFoundError || error instanceof NoActiveVersionError;
      // Reports the mode as the mistake, because registering the version would be refused as well.
      if (hasNoVersion && (await this.isFull(caller.projectId, name)))
        throw new PromptModeMismatchError(name, 'full');
      throw error;
    }
  }

  private async isFull(projectId: string, name: string): Promise<boolean> {
    const known = await this.registry.find(projectId, [{ name, checksumHash: null }], DEFAULT_POINTER);
    return known.get(name)?.mode === 'full';
  }

  /** Returns null for the default model. @throws ValidationError `VALIDATION_FAILED` for a provider that needs a named model. */
  private async findModel({ projectId }: Caller, provider: string | null, modelName: string | null) {
    if (provider === null && modelName === null) return null;
    const usual = (await this.policies.get(projectId)).defaultModel ?? this.config.defaultModel;
    if (modelName !== null) return { provider: provider ?? usual.provider, model_name: modelName };
    if (provider !== null && provider === usual.provider) return { provider, model_name: usual.modelName };
    throw new ValidationError('Name a model of that provider: the default model is of another one.', [
      { pointer: '/model_name', message: `is required: the default model is of ${usual.provider}` },
    ]);
  }
}

/** @throws ValidationError `VALIDATION_FAILED` when the request also names a model separately. */
function requireOnlyModel<T>(
  { provider = null, model_name: modelName = null }: ExecutePromptDto,
  model: T,
): T {
  if (provider === null && modelName === null) return model;
  const message = 'cannot be used with provider and model_name';
  throw new ValidationError('Name the model once.', [{ pointer: '/model', message }]);
}
