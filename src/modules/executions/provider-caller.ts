import { Injectable, Logger } from '@nestjs/common';
import type { ExecutionErrorType, StoredMessage } from '../../entities/index.js';
import { AppConfig } from '../../infra/config/index.js';
import { Clock, LedgerError } from '../../kernel/index.js';
import { storableText } from './storable-text.js';
import {
  complete,
  type Completion,
  ProviderError,
  type ProviderParams,
  ProviderRegistry,
} from '../providers/index.js';

/** One attempt, as far as the provider has to know it. */
export interface ProviderCall {
  readonly executionId: string;
  readonly attempt: number;
  readonly provider: string;
  readonly modelName: string;
  readonly messages: readonly StoredMessage[];
  readonly params: ProviderParams;
  /** Milliseconds that are left for the call. */
  readonly deadlineMs: number;
  /** Aborts when the outcome is of no use any more. */
  readonly signal?: AbortSignal;
}

export interface CallFailure {
  readonly kind: ExecutionErrorType;
  readonly message: string;
  /** The vendor's HTTP status; null when there was none. */
  readonly status: number | null;
  readonly retryAfterMs: number | null;
  readonly providerRequestId: string | null;
  readonly latencyMs: number;
}

export type CallOutcome =
  | { readonly succeeded: true; readonly completion: Completion }
  | { readonly succeeded: false; readonly failure: CallFailure };

/** What is known to have been used, of prompt and answer. */
export function tokensOf(outcome: CallOutcome): number {
  if (!outcome.succeeded) return 0;
  const { promptTokens, responseTokens } = outcome.completion.usage;
  return (promptTokens ?? 0) + (responseTokens ?? 0);
}

const KINDS: readonly string[] = [
  'timeout',
  'rate_limited',
  'provider_error',
  'provider_rejected',
  'connection',
];
/** A usage object is a few hundred characters; one that is far from it is something else. */
const MAX_USAGE_CHARS = 65_536;

/** Makes one call and says how it ended. Knows nothing of rows; it never throws. */
@Injectable()
export class ProviderCaller {
  private readonly logger = new Logger(ProviderCaller.name);

  constructor(
    private readonly config: AppConfig,
    private readonly registry: ProviderRegistry,
    private readonly clock: Clock,
  ) {}

  async call(call: ProviderCall): Promise<CallOutcome> {
    const startedAtMs = this.clock.monotonicMs();
    try {
      const { modelName, messages, params } = call;
      const attemptId = `${call.executionId}-${call.attempt}`;
      const signal = call.signal === undefined ? {} : { signal: call.signal };
      const request = { modelName, messages, params, attemptId, ...signal };
      const completion = await complete(this.registry.getReady(call.provider), request, {
        deadlineMs: call.deadlineMs,
        idleTimeoutMs: this.config.env.PROVIDER_IDLE_TIMEOUT_MS,
        maxResponseBytes: this.config.env.MAX_RESPONSE_BYTES,
      });
      return { succeeded: true, completion: storable(completion) };
    } catch (error) {
      const latencyMs = Math.round(this.clock.monotonicMs() - startedAtMs);
      return { succeeded: false, failure: this.failureOf(error, call, latencyMs) };
    }
  }

  private failureOf(error: unknown, call: ProviderCall, latencyMs: number): CallFailure {
    if (error instanceof ProviderError) return storableFailure(error, latencyMs);
    const nothing = { status: null, retryAfterMs: null, providerRequestId: null };
    if (call.signal?.aborted === true) {
      return { kind: 'outcome_unknown', message: 'The call was stopped.', ...nothing, latencyMs };
    }
    const { executionId, attempt } = call;
    // A worker without the adapter or its key, though the process that admitted the request had both; or a defect,
    // whose message may quote anything and goes nowhere.
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

/** Of an adapter from outside the tree no compiler has checked what it hands over; what cannot be stored would lose it. */
function storableFailure(error: ProviderError, latencyMs: number): CallFailure {
  const { kind, status, retryAfterMs } = error;
  return {
    kind: KINDS.includes(kind) ? kind : 'provider_error',
    message: storableText(error.message),
    status: status !== null && Number.isInteger(status) && status >= 100 && status <= 599 ? status : null,
    retryAfterMs,
    providerRequestId: storableText(error.providerRequestId),
    latencyMs,
  };
}

function storable(completion: Completion): Completion {
  const { finishReason, providerRequestId, usage } = completion;
  return {
    ...completion,
    finishReason: storableText(finishReason),
    providerRequestId: storableText(providerRequestId),
    usage: { ...usage, raw: isStorableJson(usage.raw) ? usage.raw : null },
  };
}

function isStorableJson(value: unknown): boolean {
  try {
    const text = JSON.stringify(value) as string | undefined;
    return text !== undefined && text.length <= MAX_USAGE_CHARS;
  } catch {
    return false;
  }
}
