import type { BatchHandle } from './batch-handle.js';
import { type RegisterOptions, type Registration, registerCode } from './registration/code-registration.js';
import { CodePrompts, type CodeRegistry } from './registration/code-registry.js';
import type { Rendered } from './prompts/content.js';
import { ApiPromise, ConfigurationError } from './core/index.js';
import type { ExecutionStream } from './streams/execution-stream.js';
import { LedgerClient } from './ledger-client.js';
import {
  type AnalyticsOptions,
  type BatchItem,
  type CreatePromptOptions,
  type ExecuteOptions,
  type LedgerMode,
  toModelRef,
  type NameOf,
  type PromptLedgerOptions,
  type PromptText,
  type StreamOptions,
  type SubmitBatchOptions,
  type SubmitOptions,
  type TrackOptions,
  type VariablesOf,
} from './options.js';
import type { LedgerPrompt, TextPrompt } from './prompts/prompt.js';
import type { GetPromptOptions } from './prompts/get-prompt-options.js';
import { PromptReader } from './prompts/prompt-reader.js';
import { Runs } from './runs.js';
import type { Variables, WithVariables } from './prompts/template-variables.js';
import { Recorder, type TrackingStats } from './tracking/recorder.js';
import { type TrackContext, Tracker } from './tracking/tracker.js';
import { waitUntilFinal, type WaitOptions } from './wait.js';
import type {
  Analytics,
  Execution,
  ExecutionResult,
  MigrateResult,
  ModeAnalytics,
  PromptHistory,
  PromptMode,
  PutPromptResult,
  SubmittedExecution,
  TrackedExecution,
} from './wire/index.js';

/**
 * The ledger as a program uses it. In mode `full` prompts are managed there; in mode `tracking_only` they stay in this
 * code, and the ledger follows them: the same calls, the same lineage. What has no method here is in the resources
 * (`prompts`, `versions`, `executions`, …), in the words of the wire.
 */
export class PromptLedger<
  M extends LedgerMode = 'full',
  const R extends CodeRegistry = (name: string) => string,
> extends LedgerClient {
  private readonly code: CodePrompts | null;
  private readonly environment: string | undefined;
  private readonly runs: Runs;
  private readonly reader: PromptReader;
  private readonly recorder: Recorder;
  private readonly tracker: Tracker;
  private readonly warn: (message: string) => void;

  /** @throws ConfigurationError without a key, and in mode `tracking_only` without a `codeRegistry` */
  constructor(options: PromptLedgerOptions<M, R> = {}) {
    super(options);
    const { mode = 'full', codeRegistry, environment, maxRenderedBytes, tracking, onWarning } = options;
    if (mode === 'tracking_only' && codeRegistry === undefined) {
      throw new ConfigurationError(
        'Pass the prompts of your code as `codeRegistry`: the mode is tracking_only.',
      );
    }
    this.warn = onWarning ?? ((message) => console.warn(`[prompt-ledger] ${message}`));
    this.code = mode === 'tracking_only' && codeRegistry !== undefined ? new CodePrompts(codeRegistry) : null;
    this.environment = environment;
    this.runs = new Runs(this, this.code, environment);
    this.reader = new PromptReader(this.prompts, this.versions, maxRenderedBytes);
    this.recorder = new Recorder((entries, key) => this.executions.recordJson(entries, key), tracking);
    this.tracker = new Tracker(this.recorder, this.warn);
  }

  /** Counts the fate of the executions that `track` ran. */
  get trackingStats(): TrackingStats {
    return this.recorder.stats;
  }

  /** Creates a prompt, or changes it when there is one; its text becomes the active version. */
  createPrompt({ name, ...text }: CreatePromptOptions): ApiPromise<PutPromptResult> {
    return this.putPrompt(name, text);
  }

  /** A text that the prompt has had before is that version again, with its old number. */
  updatePrompt(name: string, text: string | PromptText): ApiPromise<PutPromptResult> {
    return this.putPrompt(name, typeof text === 'string' ? { template: text } : text);
  }

  /**
   * Runs a prompt at its model and waits for the answer. In mode `tracking_only` it is the very text of this code,
   * whatever other deployments have.
   * @throws UnprocessableError `TEMPLATE_VARIABLES_MISSING`
   * @throws ProviderError, ProviderTimeoutError, UnavailableError when the provider refused, failed or is not set up
   */
  execute<K extends NameOf<M, R>>(
    name: K,
    ...rest: WithVariables<VariablesOf<M, R, K>, [options: ExecuteOptions]>
  ): ApiPromise<M extends 'full' ? ExecutionResult : TrackedExecution>;
  execute(name: string, variables?: Variables, options: ExecuteOptions = {}): ApiPromise<unknown> {
    return new ApiPromise<unknown>(this.runs.execute(name, variables, options));
  }

  /**
   * Runs a prompt and gives the answer while it comes: `for await (const { text } of ledger.stream(name, variables))`.
   * Nothing is sent before the first use; leaving the loop, or `abort()`, ends the call. Up to the first bytes it is tried
   * again as every call; afterwards only a silence of `idleTimeoutMs` ends it from here, however long it takes.
   * @throws what `execute` does, out of the loop, also in the midst of an answer; ConnectionError when it is cut
   */
  stream<K extends NameOf<M, R>>(
    name: K,
    ...rest: WithVariables<VariablesOf<M, R, K>, [options: StreamOptions]>
  ): ExecutionStream;
  stream(name: string, variables?: Variables, options: StreamOptions = {}): ExecutionStream {
    return this.runs.stream(name, variables, options);
  }

  /** Queues a run; `wait` for it, or let `callbackUrl` be told. */
  submit<K extends NameOf<M, R>>(
    name: K,
    ...rest: WithVariables<VariablesOf<M, R, K>, [options: SubmitOptions]>
  ): ApiPromise<SubmittedExecution>;
  submit(name: string, variables?: Variables, options: SubmitOptions = {}): ApiPromise<SubmittedExecution> {
    return new ApiPromise(this.runs.submit(name, variables, options));
  }

  /** Queues one prompt with many sets of variables; iterate over what is returned for the results as they come. */
  submitBatch<K extends NameOf<M, R>>(
    name: K,
    items: readonly BatchItem<VariablesOf<M, R, K>>[],
    options?: SubmitBatchOptions,
  ): Promise<BatchHandle>;
  submitBatch(
    name: string,
    items: readonly BatchItem[],
    options: SubmitBatchOptions = {},
  ): Promise<BatchHandle> {
    return this.runs.submitBatch(name, items, options);
  }

  /**
   * Until the execution is over, however it ended.
   * @throws TimeoutError when the time is up; the execution goes on
   */
  wait(execution: string | { readonly execution_id: string }, options?: WaitOptions): Promise<Execution> {
    const id = typeof execution === 'string' ? execution : execution.execution_id;
    return waitUntilFinal(this.executions, id, options);
  }

  /** @throws ConflictError `EXECUTION_DISPATCHED` or `EXECUTION_FINAL` when it is too late */
  cancel(executionId: string): ApiPromise<Execution> {
    return this.executions.cancel(executionId);
  }

  /**
   * A prompt to fill in here, for those who call their provider themselves. From a cache that is renewed behind the
   * caller's back; a prompt of this code needs no ledger at all.
   * @throws NotFoundError, NoActiveVersionError, TemplateError
   */
  getPrompt<K extends string>(name: K, options?: GetPromptOptions): Promise<PromptOf<M, R, K>>;
  getPrompt(name: string, options: GetPromptOptions = {}): Promise<LedgerPrompt> {
    const text = options.version === undefined ? this.code?.find(name) : undefined;
    const { environment = this.environment } = options;
    return text === undefined
      ? this.reader.get(name, { ...options, environment })
      : this.reader.own(name, text);
  }

  /**
   * Runs a call of your own with the rendered prompt, and records it in the background: version, variables, answer,
   * usage, latency or error. What the call returns or throws comes out as it is; when the ledger is away nothing changes
   * but `trackingStats`.
   * @param call gets a text, or the messages of a chat prompt; in its second argument the messages in either case.
   * @throws TemplateVariablesMissing before the call
   */
  track<K extends NameOf<M, R>, T>(
    name: K,
    variables: VariablesOf<M, R, K>,
    call: (prompt: RenderedOf<M>, context: TrackContext) => T | PromiseLike<T>,
    options?: TrackOptions,
  ): Promise<T>;
  async track<T>(
    name: string,
    variables: Variables,
    call: (prompt: never, context: TrackContext) => T | PromiseLike<T>,
    options: TrackOptions = {},
  ): Promise<T> {
    const { model, params, correlationId, metadata, extract, environment = this.environment } = options;
    const prompt: LedgerPrompt = await this.getPrompt<string>(name, { ...options, environment });
    return this.tracker.track(prompt, variables, call as (prompt: Rendered, context: TrackContext) => T, {
      model: model === undefined ? undefined : toModelRef(model),
      params,
      correlationId,
      metadata,
      environment,
      extract,
    });
  }

  /** Sends what `track` has gathered. Never rejects: `trackingStats` says what is left when the ledger is away. */
  flush(): Promise<void> {
    return this.recorder.flush();
  }

  /** Flushes, and drops what could not be sent. */
  close(): Promise<void> {
    return this.recorder.close();
  }

  /**
   * Tells the ledger the prompts of this code, so that it knows their versions; call it when the program starts. Those
   * that are managed in the ledger by now are left out with a warning: older code goes on working.
   * @param names default: all of the registry
   */
  async registerCodePrompts(
    names?: readonly NameOf<M, R>[],
    options: RegisterOptions = {},
  ): Promise<Registration> {
    if (this.code === null)
      throw new ConfigurationError('Only a ledger of the mode tracking_only has prompts in code.');
    const registration = await registerCode(this.tracking, this.code, names ?? this.code.names(), options);
    const { skipped } = registration;
    if (skipped.length > 0) {
      this.warn(`Not registered, as they are managed in the ledger by now: ${skipped.join(', ')}.`);
    }
    return registration;
  }

  /** From now on the ledger manages these: versions, numbers and executions stay. All or none. */
  migrateToFullMode(
    prompts: readonly (readonly [name: string, template?: string])[],
  ): ApiPromise<MigrateResult> {
    const entries = prompts.map(([name, template]) => ({
      name,
      ...(template === undefined ? {} : { template_source: template }),
    }));
    return this.tracking.migrateToFull({ prompts: entries });
  }

  /** Counts of final executions, of all prompts or those of one mode. */
  getAnalytics(options: AnalyticsOptions & { readonly mode: PromptMode }): ApiPromise<ModeAnalytics>;
  getAnalytics(options?: AnalyticsOptions & { readonly mode?: 'all' | undefined }): ApiPromise<Analytics>;
  getAnalytics({
    promptName,
    ...query
  }: AnalyticsOptions & { readonly mode?: PromptMode | 'all' | undefined } = {}): ApiPromise<unknown> {
    return this.analytics.prompts({ ...query, prompt_name: promptName } as { mode: PromptMode });
  }

  /** The versions of a prompt of either mode, newest first, with where they stood in code. */
  getPromptHistory(
    name: string,
    options: { readonly mode?: PromptMode | 'all' | undefined } = {},
  ): ApiPromise<PromptHistory> {
    return this.tracking.history(name, options);
  }

  protected override promptChanges(name: string | null): void {
    this.reader.evict(name);
  }

  private putPrompt(name: string, text: PromptText): ApiPromise<PutPromptResult> {
    const { template, messages, description, ownerTeam, tags, createdBy, commitMessage } = text;
    return this.prompts.put(name, {
      template_source: template,
      messages,
      description,
      owner_team: ownerTeam,
      tags,
      created_by: createdBy,
      commit_message: commitMessage,
      set_active: true,
    });
  }
}

/** A text of the code is a text prompt with typed variables; of what the ledger has neither is known. */
type PromptOf<M extends LedgerMode, R extends CodeRegistry, K> = M extends 'full'
  ? LedgerPrompt
  : K extends NameOf<M, R>
    ? TextPrompt<VariablesOf<M, R, K>>
    : LedgerPrompt;

type RenderedOf<M extends LedgerMode> = M extends 'full' ? Rendered : string;
