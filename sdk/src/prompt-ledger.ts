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
 * The main class for programs. In mode `full` prompts are managed in the ledger; in mode `tracking_only` they stay in this code, and the
 * ledger follows them, with the same calls and the same record. The resources (`prompts`, `versions`, `executions`, …) cover the rest, in
 * the wire's names.
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

  /** Counts what became of the executions that `track` ran. */
  get trackingStats(): TrackingStats {
    return this.recorder.stats;
  }

  /** Creates a prompt or changes an existing one. Its text becomes the active version. */
  createPrompt({ name, ...text }: CreatePromptOptions): ApiPromise<PutPromptResult> {
    return this.putPrompt(name, text);
  }

  /** Changes a prompt. A text that it had before becomes that version again, with its old number. */
  updatePrompt(name: string, text: string | PromptText): ApiPromise<PutPromptResult> {
    return this.putPrompt(name, typeof text === 'string' ? { template: text } : text);
  }

  /**
   * Runs a prompt and waits for the answer. In mode `tracking_only` it runs the exact text in this code, whatever other deployments have.
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
   * Runs a prompt and streams the answer: `for await (const { text } of ledger.stream(name, variables))`. Nothing is sent before the first
   * use. Leaving the loop, or `abort()`, ends the call. Until the first bytes it is retried like any call; afterwards the client ends it
   * only after a silence of `idleTimeoutMs`, however long the whole takes.
   * @throws the errors of `execute`, from the loop, even in the middle of an answer; ConnectionError when the stream is cut
   */
  stream<K extends NameOf<M, R>>(
    name: K,
    ...rest: WithVariables<VariablesOf<M, R, K>, [options: StreamOptions]>
  ): ExecutionStream;
  stream(name: string, variables?: Variables, options: StreamOptions = {}): ExecutionStream {
    return this.runs.stream(name, variables, options);
  }

  /** Queues a run. Use `wait` for the result, or have `callbackUrl` notified. */
  submit<K extends NameOf<M, R>>(
    name: K,
    ...rest: WithVariables<VariablesOf<M, R, K>, [options: SubmitOptions]>
  ): ApiPromise<SubmittedExecution>;
  submit(name: string, variables?: Variables, options: SubmitOptions = {}): ApiPromise<SubmittedExecution> {
    return new ApiPromise(this.runs.submit(name, variables, options));
  }

  /** Queues one prompt with many sets of variables. Iterate over the returned handle for results as they complete. */
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
   * Waits until the execution is final, whatever its status.
   * @throws TimeoutError when the time is up; the execution continues
   */
  wait(execution: string | { readonly execution_id: string }, options?: WaitOptions): Promise<Execution> {
    const id = typeof execution === 'string' ? execution : execution.execution_id;
    return waitUntilFinal(this.executions, id, options);
  }

  /** @throws ConflictError `EXECUTION_DISPATCHED` or `EXECUTION_FINAL` when it is too late to cancel */
  cancel(executionId: string): ApiPromise<Execution> {
    return this.executions.cancel(executionId);
  }

  /**
   * Gets a prompt to compile locally, for programs that call their provider themselves. It comes from a cache that refreshes in the
   * background; a prompt in this code needs no ledger at all.
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
   * Runs your own call with the rendered prompt and records it in the background: version, variables, answer, usage, latency or error.
   * Passes on what the call returns or throws. If the ledger is unreachable, only `trackingStats` changes.
   * @param call receives the text or the messages of a chat prompt; its second argument always has the messages.
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

  /** Sends everything that `track` has gathered. Never rejects: if the ledger is unreachable, `trackingStats` shows what is left. */
  flush(): Promise<void> {
    return this.recorder.flush();
  }

  /** Flushes, and drops executions that could not be sent. */
  close(): Promise<void> {
    return this.recorder.close();
  }

  /**
   * Registers the prompts of this code, so that the ledger knows their versions. Call it when the program starts. Prompts that have moved
   * to the ledger are skipped with a warning, so that older code keeps working.
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

  /** Moves prompts to the ledger's management. Versions, numbers and executions stay. All or none. */
  migrateToFullMode(
    prompts: readonly (readonly [name: string, template?: string])[],
  ): ApiPromise<MigrateResult> {
    const entries = prompts.map(([name, template]) => ({
      name,
      ...(template === undefined ? {} : { template_source: template }),
    }));
    return this.tracking.migrateToFull({ prompts: entries });
  }

  /** Counts final executions, of all prompts or those of one mode. */
  getAnalytics(options: AnalyticsOptions & { readonly mode: PromptMode }): ApiPromise<ModeAnalytics>;
  getAnalytics(options?: AnalyticsOptions & { readonly mode?: 'all' | undefined }): ApiPromise<Analytics>;
  getAnalytics({
    promptName,
    ...query
  }: AnalyticsOptions & { readonly mode?: PromptMode | 'all' | undefined } = {}): ApiPromise<unknown> {
    return this.analytics.prompts({ ...query, prompt_name: promptName } as { mode: PromptMode });
  }

  /** Lists the versions of a prompt in either mode, newest first, with their place in code. */
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

/** A text in code gives a text prompt with typed variables; for the ledger's prompts neither is known. */
type PromptOf<M extends LedgerMode, R extends CodeRegistry, K> = M extends 'full'
  ? LedgerPrompt
  : K extends NameOf<M, R>
    ? TextPrompt<VariablesOf<M, R, K>>
    : LedgerPrompt;

type RenderedOf<M extends LedgerMode> = M extends 'full' ? Rendered : string;
