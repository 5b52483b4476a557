import { Injectable, Logger } from '@nestjs/common';
import { AppConfig } from '../../../infra/config/index.js';
import { Clock, LedgerError, LONGEST_RETRY_AFTER_MS } from '../../../kernel/index.js';
import type { CallFailure, CallOutcome } from '../facts/call-outcome.js';
import { judgeCall } from './judge-call.js';
import type { OutputCheck } from '../facts/output-check.js';
import { OutputChecker } from './output-checker.js';
import { storableText } from './storable-text.js';
import type { JsonSchema } from '../../../templating/index.js';
import type { CallExtras } from '../admission/execution-request.js';
import {
  type CircuitOutcome,
  complete,
  type Completion,
  type CompletionObserver,
  type ModelObserver,
  type ModelProvider,
  type PartialCompletion,
  ProviderError,
  type ProviderMessage,
  type ProviderParams,
  takesVendorParam,
} from '../../providers/index.js';
import { ProjectProviders } from '../../secrets/index.js';

/** The parts of one attempt that the provider call needs. */
export interface ProviderCall {
  readonly executionId: string;
  readonly projectId: string;
  readonly attempt: number;
  readonly provider: string;
  readonly modelName: string;
  readonly messages: readonly ProviderMessage[];
  readonly params: ProviderParams;
  readonly extras: CallExtras;
  /** Milliseconds left for the call. */
  readonly deadlineMs: number;
  /** Aborts when the outcome is no longer needed. */
  readonly signal?: AbortSignal;
  /** What an aborted signal means; left out, the outcome of the call is unknown. */
  readonly abortedAs?: 'client_closed';
  /** Receives the answer as it streams; left out, the provider is asked for a complete one. */
  readonly onEvent?: CompletionObserver;
  /** Called with the model that answers, if it is known before the answer. */
  readonly onModel?: ModelObserver;
}

const KINDS: readonly string[] = [
  'timeout',
  'rate_limited',
  'provider_error',
  'provider_rejected',
  'connection',
];
/** A usage object has a few hundred characters. A much larger one is something else. */
const MAX_USAGE_CHARS = 65_536;

/** Makes one call and reports how it ended. Does not touch the database, and never throws. */
@Injectable()
export class ProviderCaller {
  private readonly logger = new Logger(ProviderCaller.name);

  constructor(
    private readonly config: AppConfig,
    private readonly providers: ProjectProviders,
    private readonly clock: Clock,
    private readonly outputs: OutputChecker,
  ) {}

  async call(call: ProviderCall): Promise<CallOutcome> {
    const startedAtMs = this.clock.monotonicMs();
    // Nothing is sent until the adapter has been called.
    const partial: PartialCompletion = {
      collected: null,
      firstTokenMs: null,
      answerBegan: false,
      wasSent: false,
    };
    try {
      const { modelName, messages, params, onEvent, onModel } = call;
      const { projectId, provider } = call;
      const providers = this.providers.peek(projectId) ?? (await this.providers.load(projectId));
      const adapter = providers.open(provider);
      const extras = suitExtras(adapter, call.extras);
      const attemptId = `${call.executionId}-${call.attempt}`;
      const signal = call.signal === undefined ? {} : { signal: call.signal };
      const request = { modelName, messages, params, ...extras, attemptId, ...signal };
      const limits = {
        deadlineMs: call.deadlineMs,
        idleTimeoutMs: this.config.env.PROVIDER_IDLE_TIMEOUT_MS,
        maxResponseBytes: this.config.env.MAX_RESPONSE_BYTES,
      };
      const completion = storable(await complete(adapter, request, limits, onEvent, partial, onModel));
      const { responseFormat } = call.extras;
      if (responseFormat?.type !== 'json_schema') return { succeeded: true, completion };
      return {
        succeeded: true,
        completion,
        output: await this.checkOutput(responseFormat.schema, completion),
      };
    } catch (error) {
      const latencyMs = Math.round(this.clock.monotonicMs() - startedAtMs);
      const failure = this.toFailure(error, call, latencyMs);
      return { succeeded: false, failure: { ...failure, partial: storablePartial(partial) } };
    }
  }

  private checkOutput(schema: JsonSchema, completion: Completion): Promise<OutputCheck | null> {
    const { text, truncated, finishReason, toolCalls, refusal } = completion;
    return this.outputs.check(schema, {
      text,
      truncated,
      finishReason,
      hasToolCalls: toolCalls.length > 0,
      isRefusal: refusal !== null,
    });
  }

  /** Judges an outcome for the circuit of the model that was called. */
  judge(outcome: CallOutcome): CircuitOutcome {
    const { DEFAULT_TIMEOUT_MS: usual, MAX_TIMEOUT_MS: most } = this.config.env;
    return judgeCall(outcome, Math.min(usual, most));
  }

  private toFailure(error: unknown, call: ProviderCall, latencyMs: number): CallFailure {
    if (error instanceof ProviderError) return storableFailure(error, latencyMs);
    const nothing = { status: null, retryAfterMs: null, providerRequestId: null };
    if (call.signal?.aborted === true) {
      return call.abortedAs === 'client_closed'
        ? {
            kind: 'client_closed',
            message: 'The client left before the answer was whole.',
            ...nothing,
            latencyMs,
          }
        : { kind: 'outcome_unknown', message: 'The call was stopped.', ...nothing, latencyMs };
    }
    const { executionId, attempt } = call;
    // Either this worker lacks the adapter or its key, though the process that admitted the request had both, or this is a
    // defect, whose message may quote anything and is therefore neither logged nor stored.
    const known = error instanceof LedgerError;
    const name = error instanceof Error ? error.name : typeof error;
    this.logger.error(
      { executionId, attempt, errorName: name },
      known ? error.message : 'the call was not made',
    );
    const message = known ? error.message : 'The call could not be made.';
    return { kind: 'internal', message, ...nothing, latencyMs };
  }
}

/** Moves OpenAI's `parallel_tool_calls` to its own member of the contract, and drops it for providers without it. */
function suitExtras(adapter: ModelProvider, extras: CallExtras): CallExtras {
  if (extras.vendorParams === undefined) return extras;
  const { parallel_tool_calls: parallel, ...vendorParams } = extras.vendorParams;
  if (typeof parallel !== 'boolean' || !takesVendorParam(adapter, 'parallel_tool_calls')) {
    return { ...extras, vendorParams };
  }
  return { ...extras, vendorParams, parallelToolCalls: parallel };
}

/** Sanitizes the error, because third-party adapters are not type-checked and an unstorable value would lose the outcome. */
function storableFailure(error: ProviderError, latencyMs: number): CallFailure {
  const { kind, status, retryAfterMs, shouldRetry } = error;
  return {
    kind: KINDS.includes(kind) ? kind : 'provider_error',
    message: storableText(error.message),
    status: status !== null && Number.isInteger(status) && status >= 100 && status <= 599 ? status : null,
    retryAfterMs: boundedWaitMs(retryAfterMs),
    providerRequestId: storableText(error.providerRequestId),
    latencyMs,
    shouldRetry: typeof shouldRetry === 'boolean' ? shouldRetry : null,
  };
}

/** Returns null if there is no wait. Caps the wait, because it is passed to the client and delays the execution. */
function boundedWaitMs(askedMs: unknown): number | null {
  if (typeof askedMs !== 'number' || !Number.isFinite(askedMs) || askedMs < 0) return null;
  return Math.min(askedMs, LONGEST_RETRY_AFTER_MS);
}

function storable(completion: Completion): Completion {
  const { finishReason, providerRequestId, usage } = completion;
  return {
    ...completion,
    finishReason: storableText(finishReason),
    providerRequestId: storableText(providerRequestId),
    usage: { ...usage, raw: isStorableJson(usage.raw) ? usage.raw : null },
    toolCalls: completion.toolCalls.map(({ id, name, arguments: text }) => ({
      id: storableText(id),
      name: storableText(name),
      arguments: storableText(text),
    })),
  };
}

function storablePartial(partial: PartialCompletion): PartialCompletion {
  const { end } = partial;
  if (end === undefined) return partial;
  const usage = { ...end.usage, raw: isStorableJson(end.usage.raw) ? end.usage.raw : null };
  return { ...partial, end: { finishReason: storableText(end.finishReason), usage } };
}

function isStorableJson(value: unknown): boolean {
  try {
    const text = JSON.stringify(value) as string | undefined;
    return text !== undefined && text.length <= MAX_USAGE_CHARS;
  } catch {
    return false;
  }
}
