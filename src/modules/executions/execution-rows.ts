import type { ExecutionMode } from '../../entities/index.js';
import { costPicoUsd } from '../../kernel/index.js';
import { wireExtrasOf } from '../../templating/index.js';
import type { AllowedModel, PriceRecord } from '../models/index.js';
import type { CollectedResponse, Completion, ProviderParams } from '../providers/index.js';
import type { ChargeBound } from './charge-bound.js';
import type { AdmittedExecution, SentPrompt } from './execution-request.js';
import { storedTargets } from './execution-targets.js';
import { paramColumns } from './execution-params.js';
import type { Claim } from './claim.js';
import type { StoredAnswer, UsedKey } from './idempotency/index.js';
import { type CallFailure, type CallOutcome, isFree } from './provider-caller.js';

/** Entries of the journals, as the statements read them: what is unknown is left out or null. */

/** How an execution begins. */
export interface Beginning {
  readonly executionId: string;
  readonly projectId: string;
  readonly requestedBy: string;
  /** Null for the instance's admin. */
  readonly keyId: string | null;
  readonly mode: ExecutionMode;
  /** `failed`: refused before any call, and kept for the record. */
  readonly status: 'queued' | 'running' | 'failed';
  readonly createdAt: Date;
  readonly admitted: AdmittedExecution;
  /** The model that is called first; left out: the first of the targets. */
  readonly model?: AllowedModel;
  /** Whether the answer is sent on as it comes. */
  readonly streamed?: boolean;
  readonly leaseMs?: number;
  readonly batchId?: string;
  readonly error?: { readonly type: string; readonly message: string };
  readonly key?: UsedKey | null;
  /** What a repeated key is answered, where that is known already. */
  readonly answer?: StoredAnswer;
}

export interface InsertionRow {
  readonly project_id: string;
  readonly execution_id: string;
  readonly route?: string;
  readonly key?: string;
}

/** Requests in the order in which they came to this process: a budget that is nearly spent goes to the first. */
let arrivals = 0;

/** @param keyTtlMs how long an idempotency key is kept. */
export function insertionRow(beginning: Beginning, keyTtlMs: number): InsertionRow {
  const { admitted, key } = beginning;
  const { prompt } = admitted;
  const model = beginning.model ?? admitted.targets[0];
  const targets = storedTargets(admitted.targets);
  const extras = wireExtrasOf(admitted.bare?.extras);
  arrivals += 1;
  return Object.assign(
    {
      project_id: beginning.projectId,
      execution_id: beginning.executionId,
      prompt_id: prompt?.version.promptId,
      prompt_revision: prompt?.revision,
      version_id: prompt?.version.versionId,
      model_id: model.modelId,
      environment: admitted.environment,
      execution_mode: beginning.mode,
      prompt_mode: prompt?.version.promptMode,
      status: beginning.status,
      correlation_id: admitted.correlationId,
      timeout_ms: admitted.timeoutMs,
      max_attempts: admitted.maxAttempts,
      on_unknown: admitted.onUnknown,
      callback_url: admitted.callbackUrl,
      batch_id: beginning.batchId,
      error_type: beginning.error?.type,
      error_message: beginning.error?.message,
      resolved_by: prompt?.resolvedBy,
      requested_by: beginning.requestedBy,
      key_id: beginning.keyId,
      created_at: beginning.createdAt,
      lease_ms: beginning.leaseMs,
      variables_json: admitted.variablesJson,
      extras: extras === null ? null : JSON.stringify(extras),
      provider: model.provider,
      model_name: model.modelName,
      route_name: admitted.routeName,
      targets: targets === null ? null : JSON.stringify(targets),
      on_budget: admitted.onBudget,
      streamed: beginning.streamed ?? false,
      arrival: arrivals,
      ...boundFields(admitted.bound),
      ...paramFields(admitted.params),
      ...renderedFields(admitted.rendered),
    },
    key ? keyColumns(key, keyTtlMs) : {},
    beginning.answer === undefined ? {} : answerColumns(beginning.answer),
  );
}

/** As texts: JSON has no whole numbers of that size. */
export function boundFields({ inputPicoUsd, outputPicoUsd, responseTokens }: ChargeBound): object {
  return {
    hold_input_pico_usd: inputPicoUsd?.toString(),
    hold_output_pico_usd: outputPicoUsd?.toString(),
    hold_tokens: responseTokens,
  };
}

export function paramFields(params: ProviderParams): object {
  const columns = paramColumns(params);
  return {
    temperature: columns.temperature,
    top_k: columns.topK,
    top_p: columns.topP,
    repetition_penalty: columns.repetitionPenalty,
    max_new_tokens: columns.maxNewTokens,
    further_params: columns.furtherParams,
  };
}

export function renderedFields(rendered: SentPrompt): object {
  return {
    rendered_prompt: rendered.kind === 'text' ? rendered.text : null,
    rendered_messages: rendered.kind === 'chat' ? JSON.stringify(rendered.messages) : null,
  };
}

/** What becomes of the execution when its attempt has ended. */
export type Next =
  | {
      readonly kind: 'final';
      readonly completedAt?: Date;
      readonly key?: UsedKey;
      readonly answer?: StoredAnswer;
    }
  /** Waits for its next attempt, which anybody may make. */
  | { readonly kind: 'queued'; readonly waitMs: number }
  /** Whoever holds it makes the next attempt at once. */
  | { readonly kind: 'running'; readonly model: AllowedModel };

export interface FinishRow {
  readonly project_id: string;
  readonly execution_id: string;
  readonly fence: number;
  readonly attempt: number;
}

/** @param price what the call was priced by; null when no price is known. */
export function finishRow(
  claim: Claim,
  attempt: number,
  outcome: CallOutcome,
  next: Next,
  price: PriceRecord | null,
): FinishRow {
  return Object.assign(
    {
      project_id: claim.projectId,
      execution_id: claim.executionId,
      fence: claim.fence,
      attempt,
      next: next.kind,
    },
    outcome.succeeded
      ? completionColumns(outcome.completion, price)
      : failureColumns(outcome.failure, next.kind === 'final'),
    nextColumns(next),
  );
}

function nextColumns(next: Next): object {
  if (next.kind === 'queued') return { wait_ms: next.waitMs };
  if (next.kind === 'running') {
    const { modelId, provider, modelName } = next.model;
    return { provider, model_name: modelName, model_id: modelId };
  }
  const { completedAt, key, answer } = next;
  if (key === undefined || answer === undefined) return { completed_at: completedAt };
  return { completed_at: completedAt, route: key.route, key: key.key, ...answerColumns(answer) };
}

function completionColumns(completion: Completion, price: PriceRecord | null): object {
  const { usage, toolCalls } = completion;
  const { costPicoUsd: cost, priceId } = costOf(completion, price);
  return {
    status: 'succeeded',
    provider_request_id: completion.providerRequestId,
    latency_ms: completion.latencyMs,
    first_token_ms: completion.firstTokenMs,
    finish_reason: completion.finishReason,
    prompt_tokens: usage.promptTokens,
    response_tokens: usage.responseTokens,
    cached_prompt_tokens: usage.cachedPromptTokens,
    reasoning_tokens: usage.reasoningTokens,
    cost_pico_usd: cost?.toString(),
    price_id: priceId,
    usage: usage.raw === null || usage.raw === undefined ? null : JSON.stringify(usage.raw),
    tool_calls: toolCalls.length === 0 ? null : JSON.stringify(toolCalls),
    ...textColumns(completion),
  };
}

/** Of a price that says nothing about this call (the prompt is longer than it holds for, a count is missing) there is no cost. */
export function costOf(
  { usage }: Completion,
  price: PriceRecord | null,
): { readonly costPicoUsd: bigint | null; readonly priceId: string | null } {
  const counts = { ...usage, cachedPromptTokens: usage.cachedPromptTokens ?? null };
  const cost = price === null ? null : costPicoUsd(counts, price);
  return { costPicoUsd: cost, priceId: cost === null ? null : (price?.priceId ?? null) };
}

function textColumns({ text, truncated, totalBytes, sha256 }: CollectedResponse): object {
  return {
    response_text: text,
    response_truncated: truncated,
    response_bytes: totalBytes,
    response_sha256: sha256,
  };
}

/** What had come of an answer is kept when there is no other: somebody may have read it. */
function failureColumns(failure: CallFailure, isFinal: boolean): object {
  const { partial } = failure;
  return {
    status: 'failed',
    ends_as: failure.kind === 'client_closed' ? 'canceled' : null,
    error_type: failure.kind,
    error_message: failure.message,
    provider_status: failure.status,
    provider_request_id: failure.providerRequestId,
    latency_ms: failure.latencyMs,
    first_token_ms: partial?.firstTokenMs,
    is_free: isFree({ succeeded: false, failure }),
    ...(isFinal && partial?.collected ? textColumns(partial.collected) : {}),
  };
}

function keyColumns({ route, key, fingerprint }: UsedKey, keyTtlMs: number): object {
  return { route, key, fingerprint: fingerprint.toString('hex'), key_ttl_ms: keyTtlMs };
}

function answerColumns(answer: StoredAnswer): object {
  return { answer_status: answer.status, answer_headers: answer.headers, answer_body: answer.body };
}
