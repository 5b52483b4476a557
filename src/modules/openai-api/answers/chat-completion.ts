import type { ExecutionResultDto } from '../../executions/index.js';
import type { Completion } from '../../providers/index.js';
import type { ChatCompletionDto, ChatUsageDto } from './chat-completion.dto.js';
import { fillArguments } from '../requests/fill-arguments.js';

/** Turns the id of an execution into that of a completion. */
const ID_PREFIX = 'chatcmpl-';

/** The reasons that OpenAI defines, because its clients know no others. */
const FINISH_REASONS = ['stop', 'length', 'tool_calls', 'content_filter'] as const;

export type FinishReason = (typeof FINISH_REASONS)[number];

export function toCompletionId(execution: Pick<ExecutionResultDto, 'execution_id'>): string {
  return `${ID_PREFIX}${execution.execution_id}`;
}

/** Converts an RFC 3339 time to whole seconds since 1970. */
export function toUnixSeconds(time: string): number {
  return Math.floor(Date.parse(time) / 1000);
}

/**
 * Converts an execution that succeeded to OpenAI's answer.
 * @param completion left out for an answer from the cache, which then lacks what only the provider knows.
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

/** Picks the members of OpenAI's answer that only the provider can fill. */
export function vendorFacts(
  extras: Readonly<Record<string, unknown>> | null | undefined,
): Pick<ChatCompletionDto, 'service_tier' | 'system_fingerprint'> {
  const { service_tier: tier, system_fingerprint: fingerprint } = extras ?? {};
  return {
    ...(typeof tier === 'string' ? { service_tier: tier } : {}),
    ...(typeof fingerprint === 'string' ? { system_fingerprint: fingerprint } : {}),
  };
}

/** Returns null for an answer of tool calls or a refusal alone, and an empty text for an empty answer. */
function toContent({ response_text, tool_calls }: ExecutionResultDto, refusal: string | null): string | null {
  const text = response_text ?? '';
  const content = refusal !== null && text.endsWith(refusal) ? text.slice(0, -refusal.length) : text;
  return content === '' && (refusal !== null || tool_calls !== null) ? null : content;
}

/**
 * Returns `stop` for a refusal, which the ledger calls `content_filter`. Returns `length` for a truncated answer, so that it is
 * not taken for the whole. Also returns `length` for a reason that OpenAI does not have, because the answer may be incomplete.
 */
function toFinishReason(execution: ExecutionResultDto, refusal: string | null): FinishReason {
  const { finish_reason: said, response_truncated: isCut, tool_calls: calls } = execution;
  if (isCut) return 'length';
  if (refusal !== null) return 'stop';
  if (said === null) return calls === null ? 'stop' : 'tool_calls';
  return FINISH_REASONS.find((reason) => reason === said) ?? 'length';
}

/**
 * Returns the provider's own usage where its form and meaning are OpenAI's, or else the known counts; null when they are
 * incomplete. Some servers count reasoning or cached tokens separately from the numbers that include them at OpenAI.
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
