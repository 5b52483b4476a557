import { tokenCount } from '../../../answers/index.js';
import type { CollectedAnswer } from './answer-collector.js';
import type { ProviderMessage, ProviderModel, ProviderUsage } from '../provider.contract.js';

/** Extras are a few hundred characters. Anything much longer is something else. */
const MAX_EXTRAS_CHARACTERS = 4096;

/**
 * Counts go into integer columns, and an adapter from outside the tree may return anything.
 *
 * A prompt with text has at least one token, and so has an answer with text. A server that reports 0 has not counted, so the count is
 * unknown: taken as 0, the tokens would be spent without costing a budget anything.
 */
export function checkedUsage(
  usage: ProviderUsage,
  messages: readonly ProviderMessage[],
  { text, toolCalls }: Pick<CollectedAnswer, 'text' | 'toolCalls'>,
): Required<ProviderUsage> {
  const promptTokens = tokenCount(usage.promptTokens);
  const responseTokens = tokenCount(usage.responseTokens);
  const isAsked = messages.some(({ content }) => content !== '');
  const isAnswered = text !== '' || toolCalls.length > 0;
  return {
    promptTokens: promptTokens === 0 && isAsked ? null : promptTokens,
    responseTokens: responseTokens === 0 && isAnswered ? null : responseTokens,
    cachedPromptTokens: tokenCount(usage.cachedPromptTokens),
    reasoningTokens: tokenCount(usage.reasoningTokens),
    raw: usage.raw,
  };
}

/** No compiler has checked an adapter from outside the tree. */
export function checkedModel({ servedModelName, extras }: ProviderModel): Omit<ProviderModel, 'type'> {
  const checked = checkedExtras(extras);
  const name = typeof servedModelName === 'string' ? servedModelName : null;
  return { servedModelName: name, ...(checked === null ? {} : { extras: checked }) };
}

/** Extras go into a JSON column, which holds neither NUL nor lone surrogates. */
export function checkedExtras(extras: unknown): Readonly<Record<string, unknown>> | null {
  if (typeof extras !== 'object' || extras === null || Array.isArray(extras)) return null;
  try {
    const json = JSON.stringify(extras);
    if (json === '{}' || json.length > MAX_EXTRAS_CHARACTERS || /\\u(0000|d[89a-f])/.test(json)) return null;
    return JSON.parse(json) as Record<string, unknown>;
  } catch {
    return null;
  }
}
