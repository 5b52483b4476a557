import { type ExecutionRecord, MASKED } from '../../executions/index.js';
import type { ScorableAnswer } from '../scorable-answer.js';
import { type ScoringError, scoringError } from '../verdict.js';

/** What the caller knows about the request of an execution beyond its record. */
export interface AskedFor {
  /** JSON text of the expected answer, as in {@link ScorableAnswer.expectedJson}. */
  readonly expectedJson: string | null;
  /** The JSON text of the variables as sent. Left out: those stored with the execution, some of which may be masked. */
  readonly variablesJson?: string;
}

/** Extracts the part of an execution that is scored. */
export function toScorableAnswer(
  record: ExecutionRecord,
  { expectedJson, variablesJson: sentJson }: AskedFor,
): ScorableAnswer | ScoringError {
  const { executionId, status, responseText, responseTruncated, toolCalls, variablesJson } = record;
  // Erasure leaves the status, an empty answer and the variables `null`, which a check would mistake for an answer.
  const isErased = variablesJson === null || (record.contentErasedAt ?? null) !== null;
  if (isErased) return scoringError('no_answer', 'The content of the execution was erased.');
  if (status !== 'succeeded' || responseText === null) {
    return scoringError('no_answer', `The execution is ${status} and has no answer.`);
  }
  if (responseTruncated)
    return scoringError('no_answer', 'The stored answer is truncated, so it cannot be scored.');
  return {
    executionId,
    variablesJson: sentJson ?? variablesJson,
    expectedJson,
    responseText,
    toolCalls: toolCalls ?? [],
    isMasked: isMasked(record),
    telemetry: {
      latencyMs: record.latencyMs,
      promptTokens: record.promptTokens,
      responseTokens: record.responseTokens,
      costPicoUsd: record.costPicoUsd,
      finishReason: record.finishReason,
    },
  };
}

/**
 * Returns whether masking changed the answer. A model may have written the three asterisks itself, but that cannot be told apart, and an
 * error is right for both.
 */
function isMasked({ masked, responseText, toolCalls }: ExecutionRecord): boolean {
  if ((masked ?? []).length === 0) return false;
  return (responseText ?? '').includes(MASKED) || JSON.stringify(toolCalls ?? []).includes(MASKED);
}
