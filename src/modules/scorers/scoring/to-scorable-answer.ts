import { type ExecutionRecord, MASKED } from '../../executions/index.js';
import type { ScorableAnswer } from '../scorable-answer.js';
import { type ScoringError, scoringError } from '../verdict.js';

/** The request of an execution, as far as the caller knows more than the record shows. */
export interface AskedFor {
  /** JSON text of the expected answer, as in {@link ScorableAnswer.expectedJson}. */
  readonly expectedJson: string | null;
  /** The JSON text of the variables that were sent. Left out: what the execution kept of them, in which some may be masked. */
  readonly variablesJson?: string;
}

/** Returns the part of an execution that is scored. */
export function toScorableAnswer(
  record: ExecutionRecord,
  { expectedJson, variablesJson: sentJson }: AskedFor,
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
 * An answer in which nothing was found to mask is as it was given. A model may have written the same three asterisks itself: nobody can
 * tell, and an error is what is right for both.
 */
function isMasked({ masked, responseText, toolCalls }: ExecutionRecord): boolean {
  if ((masked ?? []).length === 0) return false;
  return (responseText ?? '').includes(MASKED) || JSON.stringify(toolCalls ?? []).includes(MASKED);
}
