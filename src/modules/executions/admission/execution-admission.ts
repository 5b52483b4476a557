import { Injectable } from '@nestjs/common';
import { LedgerError } from '../../../kernel/index.js';
import { ProjectPolicies } from '../../projects/index.js';
import { assertFeaturesSupported, assertParamsSupported } from '../../providers/index.js';
import { ProjectProviders } from '../../secrets/index.js';
import { toProviderExtras } from '../../versions/index.js';
import { chooseEnvironment } from './admitted-prompt.js';
import { ExecutionModels, type NamedTargets } from './execution-models.js';
import {
  type AdmittedRequest,
  type FoundForRequest,
  NO_EXTRAS,
  paramsOfRequest,
  type RequestToAdmit,
} from './execution-request.js';
import { PromptAdmission, type PromptOptions } from './prompt-admission.js';
import { RequestLimits } from './request-limits.js';

/** The parts of a request that can be checked without its prompt or models. */
type Asked = Pick<AdmittedRequest, 'timeoutMs' | 'params' | 'callbackUrl'>;

interface AdmissionOptions extends PromptOptions {
  readonly mode: 'sync' | 'async';
}

/** Runs the same checks for synchronous calls, queued calls and batches. */
@Injectable()
export class ExecutionAdmission {
  constructor(
    private readonly limits: RequestLimits,
    private readonly prompts: PromptAdmission,
    private readonly models: ExecutionModels,
    private readonly providers: ProjectProviders,
    private readonly policies: ProjectPolicies,
  ) {}

  /**
   * Admits a request, prepares what is to be written, and writes it. Reads from caches first, and once more past them when the
   * prompt turns out to have changed.
   * @param prepare throws LedgerErrors for what is refused; `write` answers `stale` for an insert that stated an old revision.
   * @throws what {@link admit} and `prepare` throw; then nothing was written.
   */
  async admitAndWrite<Prepared, Answer>(
    projectId: string,
    request: RequestToAdmit,
    mode: 'sync' | 'async',
    steps: {
      readonly prepare: (admitted: AdmittedRequest) => Prepared | Promise<Prepared>;
      readonly write: (prepared: Prepared) => Promise<Answer | 'stale'>;
    },
  ): Promise<Answer> {
    if ((request.content ?? null) !== null) {
      return this.admitAndWrite(projectId, await this.prompts.toBareCall(projectId, request), mode, steps);
    }
    const { prepare, write } = steps;
    const prepareFresh = async () => prepare(await this.admit(projectId, request, { mode, fresh: true }));
    let prepared: Prepared;
    try {
      const known = this.admitKnown(projectId, request, mode);
      const made = prepare(known ?? (await this.admit(projectId, request, { mode, fresh: false })));
      prepared = made instanceof Promise ? await made : made;
    } catch (error) {
      // A cached version may be outdated, and must not be the reason for a refusal.
      if (!(error instanceof LedgerError)) throw error;
      prepared = await prepareFresh();
    }
    const answer = await write(prepared);
    if (answer !== 'stale') return answer;
    const again = await write(await prepareFresh());
    if (again === 'stale') throw new Error('what was resolved past the caches cannot be stale');
    return again;
  }

  /**
   * Checks everything but the variables.
   * @throws ValidationError `VALIDATION_FAILED` for a param, tools or a format that one of the models has no field for, or for
   *   a value beyond a configured bound.
   * @throws PromptNotFoundError | VersionNotFoundError | NoActiveVersionError | ModelNotFoundError | ModelRouteNotFoundError
   * @throws EnvironmentProtectedError `ENVIRONMENT_PROTECTED` for what a protected environment does not run.
   * @throws TemplateHashMismatchError `TEMPLATE_HASH_MISMATCH` when hash and number are of two versions.
   * @throws ProviderNotConfiguredError `PROVIDER_NOT_CONFIGURED` | SecretUnreadableError `SECRET_UNREADABLE`
   */
  private async admit(
    projectId: string,
    request: RequestToAdmit,
    options: AdmissionOptions,
  ): Promise<AdmittedRequest> {
    const { mode } = options;
    const asked = this.readAsked(request);
    const policy = await this.policies.get(projectId);
    const [prompt, named, providers] = await Promise.all([
      this.prompts.resolve(projectId, request, options),
      this.models.find(projectId, request, policy),
      this.providers.load(projectId),
    ]);
    return this.compose(request, mode, asked, { prompt, isByMemory: false, policy, providers }, named);
  }

  /** Admits a request for the other arm of its rollout. @throws what {@link admitAndWrite} throws of a request. */
  async admitOtherArm(
    projectId: string,
    request: RequestToAdmit,
    mode: 'sync' | 'async',
    { prompt }: AdmittedRequest,
  ): Promise<AdmittedRequest> {
    const arm = prompt?.arm?.arm === 'candidate' ? 'control' : 'candidate';
    // Reads past the caches if the first admission did, or the retry of an outdated insert could be outdated again.
    return this.admit(projectId, request, { mode, fresh: prompt?.revision === null, arm });
  }

  /**
   * Admits without a promise when everything is in memory, as for most requests, because each promise costs microseconds. Null
   * means that {@link admit} has to decide.
   * @throws what {@link admit} throws, though perhaps another of several.
   */
  private admitKnown(
    projectId: string,
    request: RequestToAdmit,
    mode: 'sync' | 'async',
  ): AdmittedRequest | null {
    const policy = this.policies.peek(projectId);
    const providers = this.providers.peek(projectId);
    if (policy === null || providers === null) return null;
    const named = this.models.peek(projectId, request, policy);
    if (named === null) return null;
    const prompt = this.prompts.peek(projectId, request);
    if (prompt === undefined) return null;
    const looked = { prompt, isByMemory: true, policy, providers };
    return this.compose(request, mode, this.readAsked(request), looked, named);
  }

  private readAsked(request: RequestToAdmit): Asked {
    const timeoutMs = this.limits.readTimeoutMs(request);
    const callbackUrl = this.limits.readCallbackUrl(request);
    return { timeoutMs, params: paramsOfRequest(request.params ?? {}), callbackUrl };
  }

  private compose(
    request: RequestToAdmit,
    mode: 'sync' | 'async',
    { timeoutMs, params, callbackUrl }: Asked,
    { prompt, isByMemory, policy, providers }: FoundForRequest,
    { targets, routeName }: NamedTargets,
  ): AdmittedRequest {
    const {
      bare = null,
      further_messages: furtherMessages = null,
      vendor_params: vendorParams = null,
    } = request;
    const maxAttempts = this.limits.readMaxAttempts(request, mode, targets.length);
    const asStored = (prompt === null ? bare?.extras : prompt.version.extras) ?? null;
    const known = asStored === null ? NO_EXTRAS : toProviderExtras(asStored);
    const extras = vendorParams === null ? known : { ...known, vendorParams };
    for (const { provider } of targets) {
      // A synchronous run calls the provider from this process, so check at once that the key can be read.
      const adapter = mode === 'sync' ? providers.open(provider) : providers.getReady(provider);
      assertParamsSupported(provider, adapter, params);
      assertFeaturesSupported(provider, adapter, extras);
    }
    return {
      prompt,
      bare,
      isBareByMemory: prompt === null && isByMemory,
      furtherMessages,
      targets,
      routeName,
      extras,
      params,
      environment: chooseEnvironment(request),
      timeoutMs,
      maxAttempts,
      onUnknown: request.on_unknown ?? 'retry',
      onBudget: request.on_budget ?? 'refuse',
      cacheTtlS: request.cache?.ttl_s ?? null,
      callbackUrl,
      maskRules: policy.maskRules,
      batchId: request.batch_id ?? null,
    };
  }
}
