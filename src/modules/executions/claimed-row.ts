import type { StoredMessage } from '../../entities/index.js';
import type { ClaimedExecution } from './claim.js';
import { paramsOf } from './execution-params.js';

/** What `ledger_claim_fairly` answers. */
export interface ClaimedRow {
  readonly project_id: string;
  readonly execution_id: string;
  readonly fence: number;
  readonly provider: string;
  readonly model_name: string;
  readonly timeout_ms: number;
  readonly attempts_made: number;
  readonly max_attempts: number;
  readonly rendered_prompt: string | null;
  readonly rendered_messages: string | null;
  readonly temperature: number | null;
  readonly top_k: number | null;
  readonly top_p: number | null;
  readonly repetition_penalty: number | null;
  readonly max_new_tokens: number | null;
  readonly further_params: string | null;
}

export function claimedOf(row: ClaimedRow): ClaimedExecution {
  return {
    projectId: row.project_id,
    executionId: row.execution_id,
    fence: row.fence,
    provider: row.provider,
    modelName: row.model_name,
    timeoutMs: row.timeout_ms,
    attemptsMade: row.attempts_made,
    maxAttempts: row.max_attempts,
    messages:
      row.rendered_messages === null
        ? [{ role: 'user', content: row.rendered_prompt ?? '' }]
        : (JSON.parse(row.rendered_messages) as StoredMessage[]),
    params: paramsOf({
      temperature: row.temperature,
      topK: row.top_k,
      topP: row.top_p,
      repetitionPenalty: row.repetition_penalty,
      maxNewTokens: row.max_new_tokens,
      furtherParams: row.further_params,
    }),
  };
}
