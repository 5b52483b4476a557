import { registrationOf } from '../versions/index.js';
import type { AttemptRecord, ExecutionFacts, ExecutionRecord } from './execution-reads.repository.js';
import { paramsOf } from './execution-params.js';
import type { ParamsDto } from './execute.dto.js';
import type { AttemptDto, ExecutionDto, ExecutionSummaryDto } from './executions.dto.js';

/** Rows as the wire shows them. */

export function executionSummary(facts: ExecutionFacts): ExecutionSummaryDto {
  return {
    execution_id: facts.executionId,
    status: facts.status,
    mode: facts.mode,
    origin: facts.origin,
    prompt_name: facts.promptName,
    version_number: facts.versionNumber,
    checksum_hash: facts.checksumHash,
    environment: facts.environment,
    model: { provider: facts.provider, model_name: facts.modelName },
    finish_reason: facts.finishReason,
    telemetry: {
      prompt_tokens: facts.promptTokens,
      response_tokens: facts.responseTokens,
      latency_ms: facts.latencyMs,
    },
    correlation_id: facts.correlationId,
    batch_id: facts.batchId,
    error_type: facts.errorType,
    created_at: facts.createdAt.toISOString(),
    started_at: facts.startedAt?.toISOString() ?? null,
    completed_at: facts.completedAt?.toISOString() ?? null,
  };
}

/** All but the variables, which are kept as text. */
export function executionDetail(
  record: ExecutionRecord,
  attempts: readonly AttemptRecord[],
): Omit<ExecutionDto, 'variables'> {
  return {
    ...executionSummary(record),
    response_text: record.responseText,
    response_truncated: record.responseTruncated,
    response_sha256: record.responseSha256,
    version_id: record.versionId,
    ...(record.renderedPrompt === null ? {} : { rendered_prompt: record.renderedPrompt }),
    ...(record.renderedMessages === null ? {} : { messages: record.renderedMessages }),
    params: paramsOf(record) as ParamsDto,
    timeout_ms: record.timeoutMs,
    max_attempts: record.maxAttempts,
    on_unknown: record.onUnknown,
    callback_url: record.callbackUrl,
    git: registrationOf(record),
    error_message: record.errorMessage,
    attempts: attempts.map(attemptView),
  };
}

function attemptView(attempt: AttemptRecord): AttemptDto {
  return {
    attempt: attempt.attempt,
    status: attempt.status,
    provider: attempt.provider,
    model_name: attempt.modelName,
    started_at: attempt.startedAt.toISOString(),
    completed_at: attempt.completedAt?.toISOString() ?? null,
    latency_ms: attempt.latencyMs,
    error_type: attempt.errorType,
    error_message: attempt.errorMessage,
    provider_status: attempt.providerStatus,
    provider_request_id: attempt.providerRequestId,
  };
}
