import type { StoredArm, StoredOutputCheck } from '../../../entities/index.js';
import { formatPicoUsd } from '../../../kernel/index.js';
import type { ResolvedBy } from '../../prompts/index.js';
import { toRegistration } from '../../versions/index.js';
import type { AttemptRecord, ExecutionFacts, ExecutionRecord } from './execution-reads.repository.js';
import { toParams, toVendorParams } from '../facts/execution-params.js';
import type { ParamsDto } from '../wire/model-choice.dto.js';
import type { AttemptDto, ExecutionDto, SentMessageDto } from './execution-detail.dto.js';
import type { OutputCheck } from '../facts/output-check.js';
import type { ExecutionArmDto, ExecutionSummaryDto, OutputErrorDto } from '../wire/executions.dto.js';

type ExecutionEnd = Pick<ExecutionRecord, 'status' | 'completedAt'>;

/** Converts a row to its form in the API. */

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
    resolved_by: resolvedByView(facts.resolvedBy),
    model: { provider: facts.provider, model_name: facts.modelName },
    route: facts.routeName,
    finish_reason: facts.finishReason,
    telemetry: {
      prompt_tokens: facts.promptTokens,
      response_tokens: facts.responseTokens,
      cached_prompt_tokens: facts.cachedPromptTokens,
      reasoning_tokens: facts.reasoningTokens,
      time_to_first_token_ms: facts.firstTokenMs,
      latency_ms: facts.latencyMs,
    },
    ...costFields(facts),
    cache_hit: facts.cacheHit,
    cached_from: facts.cachedFrom,
    correlation_id: facts.correlationId,
    // Left out when there is none, as in the answer of a run.
    ...(facts.metadata === null ? {} : { metadata: facts.metadata }),
    ...(facts.rollout === null ? {} : { rollout: armView(facts.rollout) }),
    batch_id: facts.batchId,
    error_type: facts.errorType,
    created_at: facts.createdAt.toISOString(),
    started_at: facts.startedAt?.toISOString() ?? null,
    completed_at: facts.completedAt?.toISOString() ?? null,
    // Left out of the answer of a run, whose content is complete.
    ...(facts.outputValid === undefined ? {} : { output_valid: facts.outputValid }),
    ...(facts.contentErasedAt === undefined
      ? {}
      : { content_erased_at: facts.contentErasedAt?.toISOString() ?? null }),
  };
}

/** Leaves out the unit and its bucket, which are internal. */
export function armView({ rollout_id, arm, phase, unit }: StoredArm): ExecutionArmDto {
  return { rollout_id, arm, phase, unit: unit === null ? 'request' : 'unit_key' };
}

/** Calls the pointer of `default` the active version, as users do. */
export function resolvedByView(resolvedBy: ResolvedBy | null): ExecutionSummaryDto['resolved_by'] {
  return resolvedBy === 'pointer' ? 'active' : resolvedBy;
}

/** Returns everything but the variables, which are kept as text. */
export function executionDetail(
  record: ExecutionRecord,
  attempts: readonly AttemptRecord[],
): Omit<ExecutionDto, 'variables'> {
  return {
    ...executionSummary(record),
    ...responseFields(record),
    version_id: record.versionId,
    masked: record.masked ?? [],
    ...promptFields(record),
    ...contentFields(record),
    models: record.targets?.map(({ provider, model_name }) => ({ provider, model_name })) ?? null,
    streamed: record.streamed,
    owner_team: record.ownerTeam,
    on_budget: record.onBudget,
    params: toParams(record) as ParamsDto,
    vendor_params: toVendorParams(record),
    timeout_ms: record.timeoutMs,
    max_attempts: record.maxAttempts,
    on_unknown: record.onUnknown,
    callback_url: record.callbackUrl,
    git: toRegistration(record),
    error_message: record.errorMessage,
    attempts: attempts.map((attempt) => attemptView(attempt, record)),
  };
}

type ResponseFields = Pick<
  ExecutionDto,
  'response_text' | 'response_truncated' | 'response_sha256' | 'tool_calls' | 'output_error'
>;

/** Still shows whether an erased answer was cut. */
function responseFields(record: ExecutionRecord): ResponseFields {
  const isErased = isContentErased(record);
  return {
    response_text: isErased ? null : record.responseText,
    response_truncated: record.responseTruncated,
    response_sha256: isErased ? null : record.responseSha256,
    tool_calls: record.toolCalls,
    output_error: outputErrorView(record.outputCheck),
  };
}

/** Separates content that was not a saved version from the tools and format that are stored with it. */
function contentFields({
  extras,
  content,
  contentErasedAt = null,
}: ExecutionRecord): Pick<ExecutionDto, 'extras' | 'content'> {
  if (extras === null || extras === undefined) return { extras: content, content: null };
  const { template_source: template, messages, ...rest } = extras as Record<string, unknown>;
  const hasSource = template !== undefined || messages !== undefined;
  return {
    extras: Object.keys(rest).length === 0 ? null : rest,
    content: hasSource && contentErasedAt === null ? extras : null,
  };
}

function promptFields(record: ExecutionRecord): Pick<ExecutionDto, 'rendered_prompt' | 'messages'> {
  const isErased = isContentErased(record);
  const { renderedPrompt: text, renderedMessages: messages } = record;
  return {
    ...(text === null ? {} : { rendered_prompt: isErased ? null : text }),
    ...(messages === null ? {} : { messages: isErased ? null : (messages as SentMessageDto[]) }),
  };
}

/** Returns the first fault of an answer that breaks its schema; null for any other, and once the content is erased. */
export function outputErrorView(check: StoredOutputCheck | OutputCheck | null): OutputErrorDto | null {
  const { pointer = null, message = null }: Partial<StoredOutputCheck> = check ?? {};
  return pointer === null || message === null ? null : { pointer, message };
}

function isContentErased({ contentErasedAt = null }: ExecutionRecord): boolean {
  return contentErasedAt !== null;
}

/**
 * Caps the end of an attempt at the end of its execution. The attempt's row is written slightly later, in the transaction that
 * ends the execution: with the same status, as canceled when the reader of its stream left, or with an unknown outcome. A late
 * answer ended nothing, so it keeps its own time.
 */
function findAttemptEnd({ status, completedAt }: AttemptRecord, execution: ExecutionEnd): Date | null {
  const end = execution.completedAt;
  const isLate = status === 'fenced' || (status === 'succeeded' && execution.status !== 'succeeded');
  return !isLate && end !== null && completedAt !== null && completedAt > end ? end : completedAt;
}

function attemptView(attempt: AttemptRecord, execution: ExecutionEnd): AttemptDto {
  return {
    attempt: attempt.attempt,
    status: attempt.status,
    provider: attempt.provider,
    model_name: attempt.modelName,
    started_at: attempt.startedAt.toISOString(),
    completed_at: findAttemptEnd(attempt, execution)?.toISOString() ?? null,
    latency_ms: attempt.latencyMs,
    time_to_first_token_ms: attempt.firstTokenMs,
    prompt_tokens: attempt.promptTokens,
    response_tokens: attempt.responseTokens,
    ...costFields(attempt),
    usage: attempt.usage,
    error_type: attempt.errorType,
    error_message: attempt.errorMessage,
    provider_status: attempt.providerStatus,
    provider_request_id: attempt.providerRequestId,
  };
}

function costFields({ costPicoUsd, priceId }: { costPicoUsd: string | null; priceId: string | null }) {
  return {
    cost_usd: costPicoUsd === null ? null : formatPicoUsd(BigInt(costPicoUsd)),
    cost_pico_usd: costPicoUsd,
    price_id: priceId,
  };
}
