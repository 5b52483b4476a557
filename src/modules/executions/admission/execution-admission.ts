import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../../infra/config/index.js';
import { CallbackUrlPolicy } from '../../../infra/outbound/index.js';
import { heavyWork, LedgerError } from '../../../kernel/index.js';
import type { StoredArm } from '../../../entities/index.js';
import { BareCalls, UnsavedContents } from '../../prompts/index.js';
import { assertFeaturesSupported, assertParamsSupported, ProviderRegistry } from '../../providers/index.js';
import { ProjectProviders } from '../../secrets/index.js';
import { toProviderExtras } from '../../versions/index.js';
import type { CompiledPrompt } from '../../../templating/index.js';
import { ProjectPolicies } from '../../projects/index.js';
import { boundCharge } from './charge-bound.js';
import { type ExecutionMetadata, metadataOrNull } from '../wire/execution-metadata.js';
import { chooseEnvironment } from './admitted-prompt.js';
import { boundedChat } from './bounded-chat.js';
import { readMaxAttempts, readTimeoutMs } from './request-limits.js';
import { keepMasked, type MaskedVariables, maskVariables } from '../masking/index.js';
import { ExecutionModels, type NamedTargets } from './execution-models.js';
import {
  type AdmittedExecution,
  type AdmittedRequest,
  getCompiled,
  type FoundForRequest,
  toProviderMessages,
  paramsOfRequest,
  type RequestToAdmit,
} from './execution-request.js';
import { joinMessages, type SentPrompt } from './sent-prompt.js';
import { PromptAdmission, type PromptOptions } from './prompt-admission.js';
import { toBareCall } from './unsaved-content.js';

/** The parts of a request that can be checked by themselves. */
type Asked = Pick<AdmittedRequest, 'timeoutMs' | 'params' | 'callbackUrl'>;

/** The members in which the executions of a request differ. */
interface Entry {
  readonly variables: Record<string, unknown> | undefined;
  readonly variablesJson: string | null;
  readonly correlationId: string | null;
  readonly metadata?: ExecutionMetadata | null | undefined;
  /** The arm of an entry of a batch; left out: that of the request. */
  readonly arm?: StoredArm;
}

interface AdmissionOptions extends PromptOptions {
  readonly mode: 'sync' | 'async';
}

/** The same checks for whoever waits, whoever does not, and for batches. */
@Injectable()
export class ExecutionAdmission {
  constructor(
    private readonly config: AppConfig,
    private readonly prompts: PromptAdmission,
    private readonly bareCalls: BareCalls,
    private readonly contents: UnsavedContents,
    private readonly models: ExecutionModels,
    private readonly registry: ProviderRegistry,
    private readonly providers: ProjectProviders,
    private readonly callbackUrls: CallbackUrlPolicy,
    private readonly policies: ProjectPolicies,
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
      readonly prepare: (admitted: AdmittedRequest) => Prepared | Promise<Prepared>;
      readonly write: (prepared: Prepared) => Promise<Answer | 'stale'>;
    },
  ): Promise<Answer> {
    if ((request.content ?? null) !== null) {
      return this.admitAndWrite(projectId, await toBareCall(projectId, request, this.contents), mode, steps);
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
   * All but the variables.
   * @throws ValidationError `VALIDATION_FAILED` for a param, tools or a format that one of the models has no field for, or
   *   what is beyond a bound of the configuration.
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
    const isBare = (request.bare ?? null) !== null;
    const policy = await this.policies.get(projectId);
    const [prompt, named, providers] = await Promise.all([
      isBare ? this.admitBare(projectId, request) : this.prompts.resolve(projectId, request, options),
      this.models.find(projectId, request, policy),
      this.providers.load(projectId),
    ]);
    return this.compose(request, mode, asked, { prompt, isByMemory: false, policy, providers }, named);
  }

  /** A request that was admitted for one arm of a rollout, in the other one. @throws what {@link admitAndWrite} throws of a request. */
  async admitOtherArm(
    projectId: string,
    request: RequestToAdmit,
    mode: 'sync' | 'async',
    { prompt }: AdmittedRequest,
  ): Promise<AdmittedRequest> {
    const arm = prompt?.arm?.arm === 'candidate' ? 'control' : 'candidate';
    // At least as fresh as the one that was admitted: an insert that was refused as outdated reads past the caches.
    return this.admit(projectId, request, { mode, fresh: prompt?.revision === null, arm });
  }

  /**
   * The same for what is all in memory, which most requests are: without a promise, and so without the microseconds that
   * each costs. Null says nothing about the request.
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
    const isBare = (request.bare ?? null) !== null;
    const prompt = isBare ? null : this.prompts.peek(projectId, request);
    const isAdmitted = isBare
      ? this.bareCalls.isKnownToBeAllowed(projectId, chooseEnvironment(request))
      : prompt !== null;
    if (!isAdmitted) return null;
    const looked = { prompt, isByMemory: true, policy, providers };
    return this.compose(request, mode, this.readAsked(request), looked, named);
  }

  private readAsked(request: RequestToAdmit): Asked {
    const timeoutMs = readTimeoutMs(request, this.config.env);
    const { callback_url: callbackUrl = null } = request;
    if (callbackUrl !== null) this.callbackUrls.assertAllowed(callbackUrl, '/callback_url');
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
    const maxAttempts = readMaxAttempts(request, mode, targets.length, this.config.env);
    const asStored = (prompt === null ? bare?.extras : prompt.version.extras) ?? null;
    const known = asStored === null ? NO_EXTRAS : toProviderExtras(asStored);
    const extras = vendorParams === null ? known : { ...known, vendorParams };
    for (const { provider } of targets) {
      // Whoever waits is called for by this very process, so that it may as well see at once that the key can be read.
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

  /**
   * One execution of an admitted request: at once, or in a later turn of the event loop when this one has had enough.
   * @param variablesJson the text of `variables` as received, or null when it was left out.
   * @throws TemplateVariablesMissingError `TEMPLATE_VARIABLES_MISSING`
   * @throws RenderedPromptTooLargeError `RENDERED_PROMPT_TOO_LARGE`
   */
  render(admitted: AdmittedRequest, entry: Entry): AdmittedExecution | Promise<AdmittedExecution> {
    const { MAX_RENDERED_PROMPT_BYTES: maxRenderedBytes } = this.config.env;
    const compiled = getCompiled(admitted);
    if (compiled === null) {
      const messages = admitted.bare?.messages ?? [];
      return this.withRendered(admitted, entry, boundedChat(messages, maxRenderedBytes));
    }
    if (admitted.maskRules !== null) {
      const masked = maskVariables(admitted.maskRules, entry.variablesJson ?? '{}');
      if (masked !== null) return this.renderMasked(admitted, entry, compiled, masked);
    }
    const steps = compiled.renderInSteps(entry.variables ?? {}, { maxRenderedBytes });
    // Most renderings are over in one step, and most turns have room for it.
    if (heavyWork.hasRoom) {
      const first = heavyWork.runNow(() => steps.next());
      if (first.done === true) return this.withRendered(admitted, entry, first.value);
    }
    return heavyWork.runSteps(steps).then((rendered) => this.withRendered(admitted, entry, rendered));
  }

  /** Renders what is sent and what is kept. A masked answer is of no use to another request, so the cache has no part in it. */
  private async renderMasked(
    admitted: AdmittedRequest,
    entry: Entry,
    compiled: CompiledPrompt,
    masked: MaskedVariables,
  ): Promise<AdmittedExecution> {
    const { MAX_RENDERED_PROMPT_BYTES: maxRenderedBytes } = this.config.env;
    const steps = compiled.renderInSteps(entry.variables ?? {}, { maxRenderedBytes });
    const sent = this.withRendered(admitted, entry, await heavyWork.runSteps(steps));
    const options = { maxRenderedBytes, further: admitted.furtherMessages };
    const kept = await keepMasked(compiled, masked, sent.rendered, options);
    return { ...sent, cacheTtlS: null, kept };
  }

  /** Member by member: a spread of so many members costs more than all the rest of it. */
  private withRendered(admitted: AdmittedRequest, entry: Entry, own: SentPrompt): AdmittedExecution {
    const { targets, params, extras, furtherMessages: further } = admitted;
    const { MAX_RENDERED_PROMPT_BYTES: maxBytes } = this.config.env;
    const rendered = further === null ? own : boundedChat(joinMessages(own, further), maxBytes);
    const messages = toProviderMessages(rendered);
    const charged = extras === NO_EXTRAS ? { messages, params } : { messages, params, ...extras };
    return {
      prompt: admitted.prompt,
      bare: admitted.bare,
      isBareByMemory: admitted.isBareByMemory,
      furtherMessages: further,
      targets,
      routeName: admitted.routeName,
      extras,
      params,
      environment: admitted.environment,
      timeoutMs: admitted.timeoutMs,
      maxAttempts: admitted.maxAttempts,
      onUnknown: admitted.onUnknown,
      onBudget: admitted.onBudget,
      cacheTtlS: admitted.cacheTtlS,
      callbackUrl: admitted.callbackUrl,
      maskRules: admitted.maskRules,
      batchId: admitted.batchId,
      correlationId: entry.correlationId,
      arm: entry.arm ?? admitted.prompt?.arm ?? null,
      metadata: metadataOrNull(entry.metadata),
      variablesJson: entry.variablesJson ?? '{}',
      rendered,
      messages,
      kept: null,
      bound: boundCharge(targets, charged, ({ provider }) => this.registry.get(provider)),
    };
  }

  private async admitBare(projectId: string, request: RequestToAdmit): Promise<null> {
    await this.bareCalls.assertAllowed(projectId, chooseEnvironment(request));
    return null;
  }
}

/** Shared by prompts that have neither tools nor a format, as most do. */
const NO_EXTRAS: AdmittedRequest['extras'] = {};
