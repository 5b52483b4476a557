import type { SentMessage, StoredTarget } from '../../entities/index.js';
import { extrasOfWire, type WireExtras } from '../../templating/index.js';
import type { AllowedModel } from '../models/index.js';
import { providerExtrasOf } from '../versions/index.js';
import type { ClaimedExecution } from './claim.js';
import { paramsOf } from './execution-params.js';
import { providerMessageOf } from './execution-request.js';
import type { Targets } from './execution-targets.js';

/** What `ledger_claim_due` answers. */
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
  /** The model that was called last; of an execution that was not called yet, the first. */
  readonly model_id: string;
  readonly targets: StoredTarget[] | null;
  /** Tools and response format of the version. */
  readonly content: WireExtras | null;
}

export function claimedOf(row: ClaimedRow): ClaimedExecution {
  const targets = targetsOf(row);
  return {
    projectId: row.project_id,
    executionId: row.execution_id,
    fence: row.fence,
    targets,
    nextIndex: nextIndexOf(row, targets),
    extras: providerExtrasOf(extrasOfWire(row.content)),
    timeoutMs: row.timeout_ms,
    attemptsMade: row.attempts_made,
    maxAttempts: row.max_attempts,
    messages:
      row.rendered_messages === null
        ? [{ role: 'user', content: row.rendered_prompt ?? '' }]
        : (JSON.parse(row.rendered_messages) as SentMessage[]).map(providerMessageOf),
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

/** By the model and not by the number of attempts: those whose circuit was open were passed over and cost none. */
function nextIndexOf({ attempts_made: made, model_id: lastId }: ClaimedRow, targets: Targets<AllowedModel>) {
  return made === 0 ? 0 : (targets.findIndex(({ modelId }) => modelId === lastId) + 1) % targets.length;
}

function targetsOf({
  targets,
  model_id: modelId,
  provider,
  model_name: modelName,
}: ClaimedRow): Targets<AllowedModel> {
  if (targets === null) return [{ modelId, provider, modelName }];
  return targets.map((target) => ({
    modelId: target.model_id,
    provider: target.provider,
    modelName: target.model_name,
  })) as unknown as Targets<AllowedModel>;
}
