import { assertNotEndless } from './answer-bounds.js';
import type { CollectedAnswer } from './answer-collector.js';
import { ProviderError, type ProviderAnswer, type ProviderAnswerToolCall } from '../provider.contract.js';
import { collectResponse } from './response-collector.js';
import { ToolCallCollector } from './tool-call-collector.js';

/**
 * Collects a whole answer as it is stored, as `AnswerCollector` does for the same answer in pieces.
 * @throws ProviderError `provider_error` when it is far too long, or makes no sense.
 */
export function collectAnswer(answer: ProviderAnswer, maxBytes: number): CollectedAnswer {
  const { text, refusal = null, toolCalls = [] } = answer;
  // No compiler has checked an adapter from outside the tree.
  if (typeof text !== 'string' || (refusal !== null && typeof refusal !== 'string')) {
    throw new ProviderError('provider_error', "The provider's answer makes no sense.");
  }
  const calls = toolCalls.length === 0 ? null : collectCalls(toolCalls);
  const response = collectResponse(text, maxBytes);
  assertNotEndless(response.totalBytes + (calls?.totalBytes ?? 0), maxBytes);
  return {
    ...response,
    toolCalls: calls?.finish() ?? [],
    refusal: refusal === null ? null : collectResponse(refusal, maxBytes).text,
  };
}

function collectCalls(toolCalls: readonly ProviderAnswerToolCall[]): ToolCallCollector {
  const collector = new ToolCallCollector();
  toolCalls.forEach((call, index) => collector.add({ ...call, type: 'tool_call', index }));
  // Nothing will complete a half character held back here.
  Array.from(collector.flush());
  return collector;
}
