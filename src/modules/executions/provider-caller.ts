import { Injectable } from '@nestjs/common';
import type { ExecutionErrorType, StoredMessage } from '../../entities/index.js';
import { AppConfig } from '../../infra/config/index.js';
import { LedgerError } from '../../kernel/index.js';
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

/** Makes one call and says how it ended. Knows nothing of rows; it never throws. */
@Injectable()
export class ProviderCaller {
  constructor(
    private readonly config: AppConfig,
    private readonly registry: ProviderRegistry,
  ) {}

  async call(call: ProviderCall): Promise<CallOutcome> {
    const startedAt = performance.now();
    try {
      const { modelName, messages, params } = call;
      const request = { modelName, messages, params, attemptId: `${call.executionId}-${call.attempt}` };
      const completion = await complete(this.registry.getReady(call.provider), request, {
        deadlineMs: call.deadlineMs,
        idleTimeoutMs: this.config.env.PROVIDER_IDLE_TIMEOUT_MS,
        maxResponseBytes: this.config.env.MAX_RESPONSE_BYTES,
      });
      return { succeeded: true, completion: storable(completion) };
    } catch (error) {
      return { succeeded: false, failure: failureOf(error, Math.round(performance.now() - startedAt)) };
    }
  }
}

function failureOf(error: unknown, latencyMs: number): CallFailure {
  if (error instanceof ProviderError) {
    const { kind, message, status, retryAfterMs, providerRequestId } = error;
    const requestId = storableText(providerRequestId);
    return {
      kind,
      message: storableText(message),
      status,
      retryAfterMs,
      providerRequestId: requestId,
      latencyMs,
    };
  }
  // A worker without the adapter or its key, though the process that admitted the request had both.
  const message = error instanceof LedgerError ? error.message : 'The call could not be made.';
  return { kind: 'internal', message, status: null, retryAfterMs: null, providerRequestId: null, latencyMs };
}

/** Of an adapter from outside the tree no compiler has checked what it hands over. */
function storable(completion: Completion): Completion {
  const { finishReason, providerRequestId, usage } = completion;
  return {
    ...completion,
    finishReason: storableText(finishReason),
    providerRequestId: storableText(providerRequestId),
    usage: { ...usage, raw: isJson(usage.raw) ? usage.raw : null },
  };
}

function isJson(value: unknown): boolean {
  try {
    return JSON.stringify(value) !== undefined;
  } catch {
    return false;
  }
}
