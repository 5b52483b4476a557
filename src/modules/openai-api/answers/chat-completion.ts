import type { ExecutionResultDto } from '../../executions/index.js';
import type { Completion } from '../../providers/index.js';
import type { ChatCompletionDto, ChatUsageDto } from './chat-completion.dto.js';
import { fillArguments } from '../requests/fill-arguments.js';

/** In front of an execution's id: the id of the completion. */
const ID_PREFIX = 'chatcmpl-';

/** OpenAI's own words; its clients know no others. */
const FINISH_REASONS = ['stop', 'length', 'tool_calls', 'content_filter'] as const;

export type FinishReason = (typeof FINISH_REASONS)[number];

export function toCompletionId(execution: Pick<ExecutionResultDto, 'execution_id'>): string {
  return `${ID_PREFIX}${execution.execution_id}`;
}

/** RFC 3339 to whole seconds since 1970. */
export function toUnixSeconds(time: string): number {
  return Math.floor(Date.parse(time) / 1000);
}

/**
 * An execution that succeeded as OpenAI would answer.
 * @param completion left out when it was answered from the cache: then what only the provider knows is missing.
 */
export function toChatCompletion(
  execution: ExecutionResultDto,
  completion: Completion | undefined,
): ChatCompletionDto {
  const refusal = completion?.refusal ?? null;
  const usage = toUsage(execution, completion);
  const calls = execution.tool_calls ?? [];
  return {
    id: toCompletionId(execution),
    object: 'chat.completion',
    created: toUnixSeconds(execution.created_at),
    model: completion?.servedModelName ?? execution.model.model_name,
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: toContent(execution, refusal),
          refusal,
          ...(calls.length === 0
            ? {}
            : {
                tool_calls: calls.map(({ id, name, arguments: text }) => ({
                  id,
                  type: 'function' as const,
                  function: { name, arguments: fillArguments(text) },
                })),
              }),
        },
        logprobs: null,
        finish_reason: toFinishReason(execution, refusal),
      },
    ],
    ...(usage === null ? {} : { usage }),
    ...vendorFacts(completion?.extras),
  };
}

/** Members of OpenAI's answer that only the provider can fill. */
export function vendorFacts(
  extras: Readonly<Record<string, unknown>> | null | undefined,
): Pick<ChatCompletionDto, 'service_tier' | 'system_fingerprint'> {
  const { service_tier: tier, system_fingerprint: fingerprint } = extras ?? {};
  return {
    ...(typeof tier === 'string' ? { service_tier: tier } : {}),
    ...(typeof fingerprint === 'string' ? { system_fingerprint: fingerprint } : {}),
  };
}

/** Null where there is nothing but calls of tools, or nothing but a refusal; an empty answer is an empty text. */
function toContent({ response_text, tool_calls }: ExecutionResultDto, refusal: string | null): string | null {
  const text = response_text ?? '';
  const content = refusal !== null && text.endsWith(refusal) ? text.slice(0, -refusal.length) : text;
  return content === '' && (refusal !== null || tool_calls !== null) ? null : content;
}

/**
 * A refusal ends with `stop`, which the ledger calls `content_filter`. What is kept only in part ends as if it had been too long, so
 * that it is not taken for the whole. So does an answer whose end has a word that OpenAI does not have, because it may not have come to
 * its end.
 */
function toFinishReason(execution: ExecutionResultDto, refusal: string | null): FinishReason {
  const { finish_reason: said, response_truncated: isCut, tool_calls: calls } = execution;
  if (isCut) return 'length';
  if (refusal !== null) return 'stop';
  if (said === null) return calls === null ? 'stop' : 'tool_calls';
  return FINISH_REASONS.find((reason) => reason === said) ?? 'length';
}

/**
 * Returns the usage as the provider wrote it, where that is OpenAI's form and meaning; else what is known, and null when that is too
 * little. Some servers count reasoning or the cache beside the numbers in which OpenAI has them.
 */
function toUsage({ telemetry }: ExecutionResultDto, completion: Completion | undefined): ChatUsageDto | null {
  const raw = completion?.usage.raw;
  const { prompt_tokens: prompt, response_tokens: response } = telemetry;
  if (isUsage(raw) && raw.prompt_tokens === prompt && raw.completion_tokens === response) return raw;
  const { cached_prompt_tokens: cached, reasoning_tokens: reasoning } = telemetry;
  if (prompt === null || response === null) return null;
  return {
    prompt_tokens: prompt,
    completion_tokens: response,
    total_tokens: prompt + response,
    ...(cached === null ? {} : { prompt_tokens_details: { cached_tokens: cached } }),
    ...(reasoning === null ? {} : { completion_tokens_details: { reasoning_tokens: reasoning } }),
  };
}

function isUsage(raw: unknown): raw is ChatUsageDto {
  if (typeof raw !== 'object' || raw === null) return false;
  return ['prompt_tokens', 'completion_tokens', 'total_tokens'].every(
    (count) => typeof Reflect.get(raw, count) === 'number',
  );
}
