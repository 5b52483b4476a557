import type { ExecutionRecord } from '../../executions/index.js';
import type { ScorableAnswer } from './scorable-answer.js';
import { type ScoringError, scoringError } from './verdict.js';

/** Returns the part of an execution that is scored. @param expectedJson as {@link ScorableAnswer.expectedJson}. */
export function toScorableAnswer(
  record: ExecutionRecord,
  expectedJson: string | null,
): ScorableAnswer | ScoringError {
  const { executionId, status, responseText, responseTruncated, toolCalls, variablesJson } = record;
  // Erasure leaves the status, an empty answer and the variables `null`, which a check would take for an answer.
  const isErased = variablesJson === null || (record.contentErasedAt ?? null) !== null;
  if (isErased) return scoringError('no_answer', 'The content of the execution was erased.');
  if (status !== 'succeeded' || responseText === null) {
    return scoringError('no_answer', `The execution is ${status} and has no answer.`);
  }
  if (responseTruncated)
    return scoringError('no_answer', 'The answer is stored cut, and a part of it is no answer.');
  return {
    executionId,
    variablesJson,
    expectedJson,
    responseText,
    toolCalls: toolCalls ?? [],
    telemetry: {
      latencyMs: record.latencyMs,
      promptTokens: record.promptTokens,
      responseTokens: record.responseTokens,
      costPicoUsd: record.costPicoUsd,
      finishReason: record.finishReason,
    },
  };
}
