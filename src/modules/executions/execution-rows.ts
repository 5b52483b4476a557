import type { ExecutionMode } from '../../entities/index.js';
import type { RenderedPrompt } from '../../templating/index.js';
import type { ProviderParams } from '../providers/index.js';
import type { AdmittedExecution } from './execution-admission.js';
import { paramColumns } from './execution-params.js';
import type { Claim } from './claim.js';
import type { StoredAnswer, UsedKey } from './idempotency/index.js';
import type { CallOutcome } from './provider-caller.js';

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

/** @param keyTtlMs how long an idempotency key is kept. */
export function insertionRow(beginning: Beginning, keyTtlMs: number): InsertionRow {
  const { admitted, key } = beginning;
  const { version, model } = admitted;
  return Object.assign(
    {
      project_id: beginning.projectId,
      execution_id: beginning.executionId,
      prompt_id: version.promptId,
      prompt_revision: admitted.promptRevision,
      version_id: version.versionId,
      model_id: model.modelId,
      environment: admitted.environment,
      execution_mode: beginning.mode,
      prompt_mode: version.promptMode,
      status: beginning.status,
      correlation_id: admitted.correlationId,
      timeout_ms: admitted.timeoutMs,
      max_attempts: admitted.maxAttempts,
      on_unknown: admitted.onUnknown,
      callback_url: admitted.callbackUrl,
      batch_id: beginning.batchId,
      error_type: beginning.error?.type,
      error_message: beginning.error?.message,
      resolved_by: admitted.resolvedBy,
      requested_by: beginning.requestedBy,
      key_id: beginning.keyId,
      created_at: beginning.createdAt,
      lease_ms: beginning.leaseMs,
      variables_json: admitted.variablesJson,
      provider: model.provider,
      model_name: model.modelName,
      ...paramFields(admitted.params),
      ...renderedFields(admitted.rendered),
    },
    key ? keyColumns(key, keyTtlMs) : {},
    beginning.answer === undefined ? {} : answerColumns(beginning.answer),
  );
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

export function renderedFields(rendered: RenderedPrompt): object {
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
  | { readonly kind: 'running'; readonly provider: string; readonly modelName: string };

export interface FinishRow {
  readonly project_id: string;
  readonly execution_id: string;
  readonly fence: number;
  readonly attempt: number;
}

export function finishRow(claim: Claim, attempt: number, outcome: CallOutcome, next: Next): FinishRow {
  return Object.assign(
    {
      project_id: claim.projectId,
      execution_id: claim.executionId,
      fence: claim.fence,
      attempt,
      next: next.kind,
    },
    outcome.succeeded ? completionColumns(outcome.completion) : failureColumns(outcome.failure),
    nextColumns(next),
  );
}

function nextColumns(next: Next): object {
  if (next.kind === 'queued') return { wait_ms: next.waitMs };
  if (next.kind === 'running') return { provider: next.provider, model_name: next.modelName };
  const { completedAt, key, answer } = next;
  if (key === undefined || answer === undefined) return { completed_at: completedAt };
  return { completed_at: completedAt, route: key.route, key: key.key, ...answerColumns(answer) };
}

function completionColumns(completion: Extract<CallOutcome, { succeeded: true }>['completion']): object {
  const { usage } = completion;
  return {
    status: 'succeeded',
    provider_request_id: completion.providerRequestId,
    latency_ms: completion.latencyMs,
    finish_reason: completion.finishReason,
    prompt_tokens: usage.promptTokens,
    response_tokens: usage.responseTokens,
    usage: usage.raw === null || usage.raw === undefined ? null : JSON.stringify(usage.raw),
    response_text: completion.text,
    response_truncated: completion.truncated,
    response_bytes: completion.totalBytes,
    response_sha256: completion.sha256,
  };
}

function failureColumns(failure: Extract<CallOutcome, { succeeded: false }>['failure']): object {
  return {
    status: 'failed',
    error_type: failure.kind,
    error_message: failure.message,
    provider_status: failure.status,
    provider_request_id: failure.providerRequestId,
    latency_ms: failure.latencyMs,
  };
}

function keyColumns({ route, key, fingerprint }: UsedKey, keyTtlMs: number): object {
  return { route, key, fingerprint: fingerprint.toString('hex'), key_ttl_ms: keyTtlMs };
}

function answerColumns(answer: StoredAnswer): object {
  return { answer_status: answer.status, answer_headers: answer.headers, answer_body: answer.body };
}
