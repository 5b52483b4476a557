import { BatchHandle } from './batch-handle.js';
import type { CodePrompts } from './registration/code-registry.js';
import { type Answer, type ApiPromise, ConfigurationError, type Sent } from './core/index.js';
import type { ExecutionStream } from './streams/execution-stream.js';
import type { LedgerClient } from './ledger-client.js';
import {
  type BatchItem,
  toCallOptions,
  type ExecuteOptions,
  toModelSelection,
  type StreamOptions,
  toStreamCallOptions,
  type SubmitBatchOptions,
  type SubmitOptions,
} from './options.js';
import type { Variables } from './prompts/template-variables.js';
import type {
  ExecuteRequest,
  ExecutionResult,
  SubmitBatchRequest,
  SubmittedExecution,
  SubmitRequest,
  TrackedExecuteRequest,
  TrackedExecution,
} from './wire/index.js';

/** Runs prompts in the ledger, either its own or those in this code. */
export class Runs {
  /** Version numbers of texts by prompt and hash, which never change. */
  private readonly versionNumbers = new Map<string, number>();

  /** @param code null when prompts are in the ledger. */
  constructor(
    private readonly client: LedgerClient,
    private readonly code: CodePrompts | null,
    private readonly environment: string | undefined,
  ) {}

  async execute(
    name: string,
    variables: Variables | undefined,
    options: ExecuteOptions,
  ): Promise<Answer<ExecutionResult | TrackedExecution>> {
    const { code } = this;
    const call = toCallOptions(options);
    const answer: ApiPromise<ExecutionResult | TrackedExecution> =
      code === null
        ? this.client.executions.run(this.request(name, variables, options), call)
        : this.client.tracking.execute(name, await this.tracked(code, name, variables, options), call);
    return answer.withResponse();
  }

  /** Names the version by its number, like queued runs, because prompts in code have no route of their own for streams. */
  stream(name: string, variables: Variables | undefined, options: StreamOptions): ExecutionStream {
    return this.client.executions.openStream(async (signal) => {
      const request = this.request(name, variables, options);
      return { ...request, version_number: await this.versionNumber(name, { ...options, signal }) };
    }, toStreamCallOptions(options));
  }

  async submit(
    name: string,
    variables: Variables | undefined,
    options: SubmitOptions,
  ): Promise<Answer<SubmittedExecution>> {
    const request = this.request(name, variables, options);
    const version = await this.versionNumber(name, options);
    return this.client.executions
      .submit({ ...request, ...queued(options), version_number: version }, toCallOptions(options))
      .withResponse();
  }

  async submitBatch(
    name: string,
    items: readonly BatchItem[],
    options: SubmitBatchOptions,
  ): Promise<BatchHandle> {
    const { variables: _none, ...shared } = this.request(name, undefined, options);
    const request: Sent<SubmitBatchRequest> = {
      ...shared,
      ...queued(options),
      version_number: await this.versionNumber(name, options),
      entries: items.map(({ variables, correlationId, metadata, unitKey }) => ({
        variables,
        ...(correlationId === undefined ? {} : { correlation_id: correlationId }),
        ...(metadata === undefined ? {} : { metadata }),
        ...(unitKey === undefined ? {} : { unit_key: unitKey }),
      })),
    };
    return new BatchHandle(this.client, await this.client.batches.submit(request, toCallOptions(options)));
  }

  private request(
    name: string,
    variables: Variables | undefined,
    options: ExecuteOptions,
  ): Sent<ExecuteRequest> {
    const { version, model, params, cache, onBudget, environment, timeoutMs } = options;
    return {
      prompt_name: name,
      version_number: version,
      variables,
      model: model === undefined ? undefined : toModelSelection(model),
      params,
      cache,
      on_budget: onBudget,
      environment: environment ?? this.environment,
      correlation_id: options.correlationId,
      metadata: options.metadata,
      unit_key: options.unitKey,
      timeout_ms: timeoutMs,
    };
  }

  private async tracked(
    code: CodePrompts,
    name: string,
    variables: Variables | undefined,
    options: ExecuteOptions,
  ): Promise<Sent<TrackedExecuteRequest>> {
    const {
      prompt_name: _name,
      version_number: version,
      model,
      ...rest
    } = this.request(name, variables, options);
    if (model != null && !('provider' in model)) {
      throw new ConfigurationError(
        `Execute "${name}", which is in code, at one model; several or a route take \`stream\` and \`submit\`.`,
      );
    }
    return {
      ...rest,
      ...model,
      ...(version === undefined ? { template_hash: await code.hashText(code.get(name)) } : { version }),
    };
  }

  /** Queued and streamed executions name a version by its number; for prompts in code, that of the text. */
  private async versionNumber(
    name: string,
    { version, signal }: ExecuteOptions,
  ): Promise<number | undefined> {
    if (version !== undefined || this.code === null) return version;
    const hash = await this.code.hashText(this.code.get(name));
    const known = this.versionNumbers.get(`${name} ${hash}`);
    if (known !== undefined) return known;
    const versions = await this.client.versions.list(name, { signal });
    const found = versions.find(({ checksum_hash: checksum }) => checksum === hash)?.version_number;
    if (found === undefined) {
      throw new ConfigurationError(
        `The text of "${name}" in this code is not in the ledger: register it first.`,
      );
    }
    this.versionNumbers.set(`${name} ${hash}`, found);
    return found;
  }
}

function queued({ callbackUrl, maxAttempts, onUnknown }: SubmitOptions): Partial<Sent<SubmitRequest>> {
  return { callback_url: callbackUrl, max_attempts: maxAttempts, on_unknown: onUnknown };
}
