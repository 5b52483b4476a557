import type { Completion } from '../providers/index.js';
import type { CachedAnswer } from './cache/index.js';
import type { AdmittedExecution } from './execution-request.js';
import { costOf } from './execution-rows.js';
import type { Target } from './execution-targets.js';
import { executionSummary } from './execution-views.js';
import type { ExecutionResultDto, StreamedExecutionDto } from './executions.dto.js';

/** An execution that was just made, whose facts nobody has to read. */
export interface NewExecution {
  readonly executionId: string;
  readonly admitted: AdmittedExecution;
  readonly createdAt: Date;
}

/** What is told of an execution that succeeded just now. */
export function resultOf(
  execution: NewExecution,
  target: Target,
  completion: Completion,
  completedAt: Date,
): ExecutionResultDto {
  const { createdAt, admitted } = execution;
  const { usage, text, truncated, sha256, toolCalls } = completion;
  const { costPicoUsd, priceId } = costOf(completion, target.price);
  const summary = executionSummary({
    ...identityOf(execution, target),
    status: 'succeeded',
    origin: 'ledger',
    routeName: admitted.routeName,
    finishReason: completion.finishReason,
    promptTokens: usage.promptTokens,
    responseTokens: usage.responseTokens,
    cachedPromptTokens: usage.cachedPromptTokens ?? null,
    reasoningTokens: usage.reasoningTokens ?? null,
    firstTokenMs: completion.firstTokenMs,
    latencyMs: completion.latencyMs,
    costPicoUsd: costPicoUsd?.toString() ?? null,
    priceId,
    cacheHit: false,
    cachedFrom: null,
    correlationId: admitted.correlationId,
    batchId: null,
    errorType: null,
    startedAt: createdAt,
    completedAt,
  });
  return {
    ...summary,
    response_text: text,
    response_truncated: truncated,
    response_sha256: sha256,
    tool_calls: toolCalls.length === 0 ? null : [...toolCalls],
  };
}

/** What is told of an execution that is answered from another. */
export function cachedResultOf(
  execution: NewExecution,
  cached: CachedAnswer,
  completedAt: Date,
): ExecutionResultDto {
  const { admitted, createdAt } = execution;
  const summary = executionSummary({
    ...identityOf(execution, cached),
    ...cached,
    executionId: execution.executionId,
    status: 'succeeded',
    origin: 'ledger',
    routeName: admitted.routeName,
    firstTokenMs: null,
    latencyMs: null,
    costPicoUsd: '0',
    priceId: null,
    cacheHit: true,
    cachedFrom: cached.executionId,
    correlationId: admitted.correlationId,
    batchId: null,
    errorType: null,
    startedAt: createdAt,
    completedAt,
  });
  return {
    ...summary,
    response_text: cached.responseText,
    response_truncated: false,
    response_sha256: cached.responseSha256,
    tool_calls: cached.toolCalls,
  };
}

/** What the reader of a stream is told before the first piece. */
export function streamedView(execution: NewExecution, target: Target): StreamedExecutionDto {
  const facts = identityOf(execution, target);
  return {
    execution_id: facts.executionId,
    status: 'running',
    mode: facts.mode,
    prompt_name: facts.promptName,
    version_number: facts.versionNumber,
    checksum_hash: facts.checksumHash,
    environment: facts.environment,
    model: { provider: facts.provider, model_name: facts.modelName },
    created_at: facts.createdAt.toISOString(),
  };
}

function identityOf(
  { executionId, admitted, createdAt }: NewExecution,
  { provider, modelName }: Pick<Target, 'provider' | 'modelName'>,
) {
  const { prompt, environment } = admitted;
  return {
    executionId,
    mode: 'sync' as const,
    promptName: prompt?.name ?? null,
    versionNumber: prompt?.version.versionNumber ?? null,
    checksumHash: prompt?.version.checksumHash ?? null,
    environment,
    provider,
    modelName,
    createdAt,
  };
}
