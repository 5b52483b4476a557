import type { SentMessage, StoredTarget } from '../../../entities/index.js';
import type { DatabaseClock, FunctionCall, JournalConnections } from '../../../infra/database/index.js';
import { extrasOfWire, type WireExtras } from '../../../templating/index.js';
import type { AllowedModel } from '../../models/index.js';
import { toProviderExtras } from '../../versions/index.js';
import type { ClaimedExecution } from './claimed-execution.js';
import { toParams } from '../facts/execution-params.js';
import { toProviderMessage } from '../admission/execution-request.js';
import type { Targets } from '../admission/execution-targets.js';
import { type QueuedContent, ValueMask } from '../masking/index.js';

/** A row of `ledger_claim`. */
interface ClaimedRow {
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
  /** The model that was called last, or the first model of an execution that has not been called. */
  readonly model_id: string;
  readonly targets: StoredTarget[] | null;
  /** Tools and response format of the version. */
  readonly content: WireExtras | null;
  readonly duties: number;
  /** Replaces the two rendered columns when those are masked. */
  readonly unmasked: QueuedContent | null;
}

export interface ClaimOptions {
  /** Projects get equal shares, starting with the one after this. */
  readonly afterProject: string;
  /** Ids of projects to skip. */
  readonly passedOver: readonly string[];
}

const ANY_TIME = '-infinity';
/** How long before the last look a row that is committed late may have been due. */
const FLOOR_SLACK_MS = 10_000;
/** How often a look starts from the beginning, to find missed rows such as one that another process had locked and released. */
const FULL_LOOK_MS = 60_000;

const call = (slots: number, leaseMs: number, dueFloor: string, options: ClaimOptions): FunctionCall => ({
  name: 'claim',
  text: 'SELECT * FROM ledger_claim($1, $2, $3, $4, $5)',
  values: [slots, leaseMs, dueFloor, options.afterProject, options.passedOver],
});

export const CLAIM_REHEARSALS: readonly FunctionCall[] = [
  call(0, 0, ANY_TIME, { afterProject: '00000000-0000-0000-0000-000000000000', passedOver: [] }),
];

/**
 * Claims due executions. After a look that found no more, the next starts slightly before it, to skip the dead rows of finished
 * work. While another transaction holds an old snapshot these cannot be vacuumed, and there may be hundreds of thousands.
 */
export class Claims {
  private dueFloor = ANY_TIME;
  private fullLookAtMs = 0;

  constructor(
    private readonly connections: JournalConnections,
    private readonly databaseClock: DatabaseClock,
    private readonly leaseMs: number,
  ) {}

  /** Takes up to `slots` due executions, which no other process gets before their leases lapse. */
  async take(slots: number, options: ClaimOptions): Promise<ClaimedExecution[]> {
    const nowMs = this.databaseClock.nowMs();
    const isFullLook = nowMs >= this.fullLookAtMs;
    if (isFullLook) this.fullLookAtMs = nowMs + FULL_LOOK_MS;
    const floor = isFullLook ? ANY_TIME : this.dueFloor;
    const rows = await this.connections.call<ClaimedRow & Record<string, unknown>>(
      call(slots, this.leaseMs, floor, options),
    );
    if (rows.length < slots && options.passedOver.length === 0) {
      this.dueFloor = new Date(nowMs - FLOOR_SLACK_MS).toISOString();
    } else if (isFullLook) {
      this.dueFloor = ANY_TIME;
    }
    return rows.map(claimedExecution);
  }
}

function claimedExecution(row: ClaimedRow): ClaimedExecution {
  const targets = toTargets(row);
  return {
    projectId: row.project_id,
    executionId: row.execution_id,
    fence: row.fence,
    mayHaveDuties: row.duties !== 0,
    targets,
    nextIndex: nextIndex(row, targets),
    extras: toProviderExtras(extrasOfWire(row.content)),
    timeoutMs: row.timeout_ms,
    attemptsMade: row.attempts_made,
    maxAttempts: row.max_attempts,
    messages: messagesOfRow(row),
    mask: row.unmasked === null ? null : new ValueMask(row.unmasked.values),
    params: toParams({
      temperature: row.temperature,
      topK: row.top_k,
      topP: row.top_p,
      repetitionPenalty: row.repetition_penalty,
      maxNewTokens: row.max_new_tokens,
      furtherParams: row.further_params,
    }),
  };
}

function messagesOfRow({ rendered_prompt: text, rendered_messages: json, unmasked }: ClaimedRow) {
  const prompt = unmasked === null ? text : unmasked.rendered_prompt;
  const kept = json === null ? null : (JSON.parse(json) as SentMessage[]);
  const messages = unmasked === null ? kept : unmasked.rendered_messages;
  if (messages === null) return [{ role: 'user' as const, content: prompt ?? '' }];
  return messages.map(toProviderMessage);
}

/** Looks at the last model rather than the number of attempts, because skipping an open circuit costs no attempt. */
function nextIndex(
  { attempts_made: made, model_id: lastId }: ClaimedRow,
  targets: Targets<AllowedModel>,
): number {
  return made === 0 ? 0 : (targets.findIndex(({ modelId }) => modelId === lastId) + 1) % targets.length;
}

function toTargets(row: ClaimedRow): Targets<AllowedModel> {
  const { targets, model_id: modelId, provider, model_name: modelName } = row;
  if (targets === null) return [{ modelId, provider, modelName }];
  return targets.map((target) => ({
    modelId: target.model_id,
    provider: target.provider,
    modelName: target.model_name,
  })) as unknown as Targets<AllowedModel>;
}
