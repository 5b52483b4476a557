import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../infra/config/index.js';
import { CallbackUrlPolicy } from '../../infra/outbound/index.js';
import { heavyWork, LedgerError, ValidationError } from '../../kernel/index.js';
import type { CompiledPrompt, RenderedPrompt } from '../../templating/index.js';
import { type AllowedModel, ModelsService } from '../models/index.js';
import {
  PromptResolver,
  type ResolvedVersion,
  type RunnablePrompt,
  TemplateHashMismatchError,
} from '../prompts/index.js';
import { assertParamsSupported, type ProviderParams, ProviderRegistry } from '../providers/index.js';
import type { ParamsDto, SharedExecutionDto } from './execute.dto.js';

export const DEFAULT_ENVIRONMENT = 'default';
/** Somebody waits: a second try, if there is time for it. */
const RUN_ATTEMPTS = 2;
const SUBMIT_ATTEMPTS = 4;

/** What all executions of a request have in common; a batch has many. Nothing is written yet. */
export interface AdmittedRequest {
  readonly promptName: string;
  readonly version: ResolvedVersion;
  readonly compiled: CompiledPrompt;
  /** Of the prompt when it was read from a cache, to be compared on insert; null when it was read just now. */
  readonly promptRevision: number | null;
  readonly resolvedBy: 'pointer' | 'version_number' | 'template_hash';
  readonly model: AllowedModel;
  readonly params: ProviderParams;
  readonly environment: string;
  readonly timeoutMs: number;
  readonly maxAttempts: number;
  readonly onUnknown: 'retry' | 'fail';
  readonly callbackUrl: string | null;
}

/** A request that may become an execution: everything that can be refused has been looked at. */
export interface AdmittedExecution extends Omit<AdmittedRequest, 'compiled'> {
  readonly correlationId: string | null;
  /** As received. */
  readonly variablesJson: string;
  readonly rendered: RenderedPrompt;
}

/** A `:run`, a `:submit` or a batch, or what another door makes of its own. */
type RequestToAdmit = SharedExecutionDto & {
  readonly callback_url?: string | null;
  /** The version by its content. */
  readonly template_hash?: string | null;
};

interface AdmissionOptions {
  readonly mode: 'sync' | 'async';
  /** Past all caches. */
  readonly fresh: boolean;
}

/** The same checks for whoever waits, whoever does not, and for batches. */
@Injectable()
export class ExecutionAdmission {
  constructor(
    private readonly config: AppConfig,
    private readonly resolver: PromptResolver,
    private readonly models: ModelsService,
    private readonly registry: ProviderRegistry,
    private readonly callbackUrls: CallbackUrlPolicy,
  ) {}

  /**
   * Makes of a request what is to be written, and writes it: by what is cached, and once more past the caches when the
   * prompt turns out to have changed.
   * @param prepare throws LedgerErrors for what is refused; `write` answers `stale` for an insert that stated an old revision.
   * @throws what {@link admit} and `prepare` throw; then nothing was written.
   */
  async admitAndWrite<Prepared, Answer>(
    projectId: string,
    request: RequestToAdmit,
    mode: 'sync' | 'async',
    steps: {
      readonly prepare: (admitted: AdmittedRequest) => Promise<Prepared>;
      readonly write: (prepared: Prepared) => Promise<Answer | 'stale'>;
    },
  ): Promise<Answer> {
    const { prepare, write } = steps;
    const prepareFresh = async () => prepare(await this.admit(projectId, request, { mode, fresh: true }));
    const cached = this.admit(projectId, request, { mode, fresh: false }).then(prepare);
    const answer = await write(await cached.catch(onceMoreIfRefused(prepareFresh)));
    if (answer !== 'stale') return answer;
    const again = await write(await prepareFresh());
    if (again === 'stale') throw new Error('what was resolved past the caches cannot be stale');
    return again;
  }

  /**
   * All but the variables.
   * @throws ValidationError `VALIDATION_FAILED` for a param the provider has no field for, or what is beyond a bound of
   *   the configuration.
   * @throws PromptNotFoundError | VersionNotFoundError | NoActiveVersionError | ModelNotFoundError
   * @throws TemplateHashMismatchError `TEMPLATE_HASH_MISMATCH` when hash and number are of two versions.
   * @throws ProviderNotConfiguredError `PROVIDER_NOT_CONFIGURED`
   */
  private async admit(
    projectId: string,
    request: RequestToAdmit,
    { mode, fresh }: AdmissionOptions,
  ): Promise<AdmittedRequest> {
    const timeoutMs = this.timeoutOf(request);
    const maxAttempts = this.attemptsOf(request, mode);
    const params = paramsOfRequest(request.params ?? {});
    const callbackUrl = this.callbackUrlOf(request);
    const wanted = this.modelOf(request);
    const [prompt, model] = await Promise.all([
      this.resolve(projectId, request, fresh),
      this.models.getAllowed(projectId, wanted.provider, wanted.modelName),
    ]);
    assertParamsSupported(model.provider, this.registry.getReady(model.provider), params);
    return {
      promptName: request.prompt_name,
      version: prompt.version,
      compiled: prompt.compiled,
      promptRevision: fresh ? null : prompt.promptRevision,
      resolvedBy: resolvedBy(request),
      model,
      params,
      environment: request.environment ?? DEFAULT_ENVIRONMENT,
      timeoutMs,
      maxAttempts,
      onUnknown: request.on_unknown ?? 'retry',
      callbackUrl,
    };
  }

  /**
   * One execution of an admitted request.
   * @param variablesJson the text of `variables` as received, or null when it was left out.
   * @throws TemplateVariablesMissingError `TEMPLATE_VARIABLES_MISSING`
   * @throws RenderedPromptTooLargeError `RENDERED_PROMPT_TOO_LARGE`
   */
  async render(
    { compiled, ...common }: AdmittedRequest,
    entry: {
      readonly variables: Record<string, unknown> | undefined;
      readonly variablesJson: string | null;
      readonly correlationId: string | null;
    },
  ): Promise<AdmittedExecution> {
    return {
      ...common,
      correlationId: entry.correlationId,
      variablesJson: entry.variablesJson ?? '{}',
      rendered: await heavyWork.run(() =>
        compiled.render(entry.variables ?? {}, {
          maxRenderedBytes: this.config.env.MAX_RENDERED_PROMPT_BYTES,
        }),
      ),
    };
  }

  private async resolve(
    projectId: string,
    { prompt_name: name, version_number: number = null, template_hash: hash = null }: RequestToAdmit,
    fresh: boolean,
  ): Promise<RunnablePrompt> {
    if (hash === null) return this.resolver.resolve(projectId, name, number, { fresh });
    const prompt = await this.resolver.resolveChecksum(projectId, name, hash, { fresh });
    if (number === null || prompt.version.versionNumber === number) return prompt;
    throw TemplateHashMismatchError.ofVersion(name, number);
  }

  private modelOf({ model }: RequestToAdmit): { provider: string; modelName: string } {
    if (model === undefined || model === null) return this.config.defaultModel;
    return { provider: model.provider, modelName: model.model_name };
  }

  private callbackUrlOf({ callback_url: url = null }: RequestToAdmit): string | null {
    if (url !== null) this.callbackUrls.assertAllowed(url, '/callback_url');
    return url;
  }

  private timeoutOf(request: RequestToAdmit): number {
    const { DEFAULT_TIMEOUT_MS: usual, MAX_TIMEOUT_MS: most } = this.config.env;
    const timeoutMs = request.timeout_ms ?? Math.min(usual, most);
    assertAtMost(timeoutMs, most, 'timeout_ms', 'MAX_TIMEOUT_MS');
    return timeoutMs;
  }

  private attemptsOf(request: RequestToAdmit, mode: 'sync' | 'async'): number {
    const { MAX_ATTEMPTS: most } = this.config.env;
    const usual = mode === 'sync' ? RUN_ATTEMPTS : SUBMIT_ATTEMPTS;
    const attempts = request.max_attempts ?? Math.min(usual, most);
    assertAtMost(attempts, most, 'max_attempts', 'MAX_ATTEMPTS');
    return attempts;
  }
}

function resolvedBy(request: RequestToAdmit): AdmittedRequest['resolvedBy'] {
  if ((request.template_hash ?? null) !== null) return 'template_hash';
  return (request.version_number ?? null) === null ? 'pointer' : 'version_number';
}

/** What refuses a request may be a version that is no longer the active one, so nobody is told no by a cache. */
function onceMoreIfRefused<T>(again: () => Promise<T>): (error: unknown) => Promise<T> {
  return (error) => {
    if (error instanceof LedgerError) return again();
    throw error;
  };
}

function assertAtMost(value: number, most: number, member: string, variable: string): void {
  if (value <= most) return;
  throw new ValidationError(`Send a ${member} of at most ${most}, the limit of this service (${variable}).`, [
    { pointer: `/${member}`, message: `must not be greater than ${most}` },
  ]);
}

/** Null is the same as left out, and one stop the same as a list of one. */
export function paramsOfRequest(params: ParamsDto): ProviderParams {
  const { stop, ...rest } = params;
  const given = Object.entries(rest).filter(([, value]) => value !== undefined && value !== null);
  return {
    ...(Object.fromEntries(given) as ProviderParams),
    ...(stop === undefined || stop === null ? {} : { stop: typeof stop === 'string' ? [stop] : stop }),
  };
}

/** A text prompt is one user message. */
export function messagesOf(rendered: RenderedPrompt) {
  return rendered.kind === 'text' ? [{ role: 'user' as const, content: rendered.text }] : rendered.messages;
}
