import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../infra/config/index.js';
import { DatabaseClock } from '../../infra/database/index.js';
import { CallbackUrlPolicy } from '../../infra/outbound/index.js';
import { heavyWork, LedgerError, ValidationError } from '../../kernel/index.js';
import { RenderedPromptTooLargeError } from '../../templating/index.js';
import { ModelsService, orderTargets, PriceReads, RoutesService } from '../models/index.js';
import { PromptResolver, TemplateHashMismatchError } from '../prompts/index.js';
import { assertFeaturesSupported, assertParamsSupported, ProviderRegistry } from '../providers/index.js';
import { providerExtrasOf } from '../versions/index.js';
import { chargeBoundOf, messageBytesOf } from './charge-bound.js';
import {
  type AdmittedExecution,
  type AdmittedPrompt,
  type AdmittedRequest,
  type BareCall,
  DEFAULT_ENVIRONMENT,
  messagesOf,
  paramsOfRequest,
  providerMessageOf,
  type RequestToAdmit,
  type SentPrompt,
} from './execution-request.js';
import type { Target, Targets } from './execution-targets.js';
import { type ModelName, readModelChoice } from './model-choice.js';

/** Somebody waits: a second try, if there is time for it. */
const RUN_ATTEMPTS = 2;
const SUBMIT_ATTEMPTS = 4;

/** Models as a request names them, and the route they are from. */
interface NamedModels {
  readonly models: readonly ModelName[];
  readonly routeName: string | null;
}

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
    private readonly routes: RoutesService,
    private readonly prices: PriceReads,
    private readonly registry: ProviderRegistry,
    private readonly callbackUrls: CallbackUrlPolicy,
    private readonly databaseClock: DatabaseClock,
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
   * @throws ValidationError `VALIDATION_FAILED` for a param, tools or a format that one of the models has no field for, or
   *   what is beyond a bound of the configuration.
   * @throws PromptNotFoundError | VersionNotFoundError | NoActiveVersionError | ModelNotFoundError | ModelRouteNotFoundError
   * @throws TemplateHashMismatchError `TEMPLATE_HASH_MISMATCH` when hash and number are of two versions.
   * @throws ProviderNotConfiguredError `PROVIDER_NOT_CONFIGURED`
   */
  private async admit(
    projectId: string,
    request: RequestToAdmit,
    { mode, fresh }: AdmissionOptions,
  ): Promise<AdmittedRequest> {
    const timeoutMs = this.timeoutOf(request);
    const params = paramsOfRequest(request.params ?? {});
    const callbackUrl = this.callbackUrlOf(request);
    const { bare = null } = request;
    const [prompt, { targets, routeName }] = await Promise.all([
      bare === null ? this.resolve(projectId, request, fresh) : null,
      this.targetsOf(projectId, request),
    ]);
    const maxAttempts = this.attemptsOf(request, mode, targets.length);
    const extras = providerExtrasOf((prompt === null ? bare?.extras : prompt.version.extras) ?? null);
    for (const { provider } of targets) {
      const adapter = this.registry.getReady(provider);
      assertParamsSupported(provider, adapter, params);
      assertFeaturesSupported(provider, adapter, extras);
    }
    return {
      prompt,
      bare,
      targets,
      routeName,
      extras,
      params,
      environment: request.environment ?? DEFAULT_ENVIRONMENT,
      timeoutMs,
      maxAttempts,
      onUnknown: request.on_unknown ?? 'retry',
      onBudget: request.on_budget ?? 'refuse',
      cacheTtlS: request.cache?.ttl_s ?? null,
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
    admitted: AdmittedRequest,
    entry: {
      readonly variables: Record<string, unknown> | undefined;
      readonly variablesJson: string | null;
      readonly correlationId: string | null;
    },
  ): Promise<AdmittedExecution> {
    const { MAX_RENDERED_PROMPT_BYTES: maxRenderedBytes } = this.config.env;
    const { prompt, targets, params, extras } = admitted;
    const rendered: SentPrompt =
      prompt === null
        ? bareMessages(admitted.bare as BareCall, maxRenderedBytes)
        : await heavyWork.run(() => prompt.compiled.render(entry.variables ?? {}, { maxRenderedBytes }));
    const messages = messagesOf(rendered);
    return {
      ...admitted,
      correlationId: entry.correlationId,
      variablesJson: entry.variablesJson ?? '{}',
      rendered,
      messages,
      bound: chargeBoundOf(targets, { messages, params, ...extras }, ({ provider }) =>
        this.registry.get(provider),
      ),
    };
  }

  private async resolve(projectId: string, request: RequestToAdmit, fresh: boolean): Promise<AdmittedPrompt> {
    const { prompt_name: name = '', version_number: number = null, template_hash: hash = null } = request;
    const found =
      hash === null
        ? await this.resolver.resolve(projectId, name, number, { fresh })
        : await this.resolver.resolveChecksum(projectId, name, hash, { fresh });
    const { version, compiled, promptRevision } = found;
    if (hash !== null && number !== null && version.versionNumber !== number) {
      throw TemplateHashMismatchError.ofVersion(name, number);
    }
    const revision = fresh ? null : promptRevision;
    return { name, version, compiled, revision, resolvedBy: resolvedBy(request) };
  }

  private async targetsOf(
    projectId: string,
    request: RequestToAdmit,
  ): Promise<{ readonly targets: Targets; readonly routeName: string | null }> {
    const { models, routeName } = await this.modelsOf(projectId, request);
    const at = this.databaseClock.now();
    const targets = await Promise.all(
      models.map(async ({ provider, modelName }): Promise<Target> => {
        const [model, terms] = await Promise.all([
          this.models.getAllowed(projectId, provider, modelName),
          this.prices.findTerms(projectId, provider, modelName, at),
        ]);
        return { ...model, ...terms };
      }),
    );
    return { targets: targets as [Target, ...Target[]], routeName };
  }

  private async modelsOf(projectId: string, { model }: RequestToAdmit): Promise<NamedModels> {
    if (model === undefined || model === null) return { models: [this.config.defaultModel], routeName: null };
    const choice = readModelChoice(model);
    if (choice.kind === 'models') return { models: choice.models, routeName: null };
    const route = await this.routes.get(projectId, choice.name);
    return { models: orderTargets(route, Math.random), routeName: route.name };
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

  /** Left out: as often as is usual, and each model at least once. */
  private attemptsOf(request: RequestToAdmit, mode: 'sync' | 'async', models: number): number {
    const { MAX_ATTEMPTS: most } = this.config.env;
    const usual = Math.max(mode === 'sync' ? RUN_ATTEMPTS : SUBMIT_ATTEMPTS, models);
    const attempts = request.max_attempts ?? Math.min(usual, most);
    assertAtMost(attempts, most, 'max_attempts', 'MAX_ATTEMPTS');
    return attempts;
  }
}

function resolvedBy(request: RequestToAdmit): AdmittedPrompt['resolvedBy'] {
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

/** @throws RenderedPromptTooLargeError `RENDERED_PROMPT_TOO_LARGE` */
function bareMessages({ messages }: BareCall, maxRenderedBytes: number): SentPrompt {
  const sizeBytes = messages.reduce((sum, message) => sum + messageBytesOf(providerMessageOf(message)), 0);
  if (sizeBytes > maxRenderedBytes) throw new RenderedPromptTooLargeError(maxRenderedBytes);
  return { kind: 'chat', messages };
}
