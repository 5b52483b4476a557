import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../infra/config/index.js';
import { ValidationError } from '../../kernel/index.js';
import type { RenderedPrompt } from '../../templating/index.js';
import { type AllowedModel, ModelsService } from '../models/index.js';
import { PromptResolver, type ResolvedVersion } from '../prompts/index.js';
import { assertParamsSupported, type ProviderParams, ProviderRegistry } from '../providers/index.js';
import type { ExecuteDto, ParamsDto } from './execute.dto.js';

const DEFAULT_ENVIRONMENT = 'default';

/** A request that may become an execution: everything that can be refused has been looked at, nothing is written. */
export interface AdmittedExecution {
  readonly promptName: string;
  readonly version: ResolvedVersion;
  readonly resolvedBy: 'pointer' | 'version_number';
  readonly model: AllowedModel;
  readonly params: ProviderParams;
  readonly environment: string;
  readonly correlationId: string | null;
  readonly timeoutMs: number;
  /** As received. */
  readonly variablesJson: string;
  readonly rendered: RenderedPrompt;
}

/** The same checks for whoever waits and whoever does not. */
@Injectable()
export class ExecutionAdmission {
  constructor(
    private readonly config: AppConfig,
    private readonly resolver: PromptResolver,
    private readonly models: ModelsService,
    private readonly registry: ProviderRegistry,
  ) {}

  /**
   * @param variablesJson the text of `variables` as received, or null when it was left out.
   * @throws ValidationError `VALIDATION_FAILED` for a param the provider has no field for, or too long a timeout.
   * @throws PromptNotFoundError | VersionNotFoundError | NoActiveVersionError | ModelNotFoundError
   * @throws ProviderNotConfiguredError `PROVIDER_NOT_CONFIGURED`
   * @throws TemplateVariablesMissingError `TEMPLATE_VARIABLES_MISSING`
   * @throws RenderedPromptTooLargeError `RENDERED_PROMPT_TOO_LARGE`
   */
  async admit(
    projectId: string,
    request: ExecuteDto,
    variablesJson: string | null,
  ): Promise<AdmittedExecution> {
    const timeoutMs = this.timeoutOf(request);
    const params = paramsOfRequest(request.params ?? {});
    const versionNumber = request.version_number ?? null;
    const wanted = this.modelOf(request);
    const [prompt, model] = await Promise.all([
      this.resolver.resolve(projectId, request.prompt_name, versionNumber),
      this.models.getAllowed(projectId, wanted.provider, wanted.modelName),
    ]);
    assertParamsSupported(model.provider, this.registry.getReady(model.provider), params);
    return {
      promptName: request.prompt_name,
      version: prompt.version,
      resolvedBy: versionNumber === null ? 'pointer' : 'version_number',
      model,
      params,
      environment: request.environment ?? DEFAULT_ENVIRONMENT,
      correlationId: request.correlation_id ?? null,
      timeoutMs,
      variablesJson: variablesJson ?? '{}',
      rendered: prompt.compiled.render(request.variables ?? {}, {
        maxRenderedBytes: this.config.env.MAX_RENDERED_PROMPT_BYTES,
      }),
    };
  }

  private modelOf(request: ExecuteDto): { provider: string; modelName: string } {
    const { model } = request;
    if (model === undefined || model === null) return this.config.defaultModel;
    return { provider: model.provider, modelName: model.model_name };
  }

  private timeoutOf(request: ExecuteDto): number {
    const { DEFAULT_TIMEOUT_MS: usual, MAX_TIMEOUT_MS: most } = this.config.env;
    const timeoutMs = request.timeout_ms ?? Math.min(usual, most);
    if (timeoutMs <= most) return timeoutMs;
    throw new ValidationError(
      `Send a timeout_ms of at most ${most}, the limit of this service (MAX_TIMEOUT_MS).`,
      [{ pointer: '/timeout_ms', message: `must not be greater than ${most}` }],
    );
  }
}

/** Null is the same as left out, and one stop the same as a list of one. */
function paramsOfRequest(params: ParamsDto): ProviderParams {
  const { stop, ...rest } = params;
  const given = Object.entries(rest).filter(([, value]) => value !== undefined && value !== null);
  return {
    ...(Object.fromEntries(given) as ProviderParams),
    ...(stop === undefined || stop === null ? {} : { stop: typeof stop === 'string' ? [stop] : stop }),
  };
}
