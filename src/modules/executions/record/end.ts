import type { ExecutionMode } from '../../../entities/index.js';
import type { EndEntry, FunctionCall, JournalConnections } from '../../../infra/database/index.js';
import { costPicoUsd, writeJson } from '../../../kernel/index.js';
import type { AllowedModel, PriceRecord } from '../../models/index.js';
import type { Completion } from '../../providers/index.js';
import type { Claim } from '../facts/claim.js';
import type { StoredAnswer, UsedKey } from '../idempotency/index.js';
import type { OutputCheck } from '../facts/output-check.js';
import { type CallFailure, type CallOutcome, isFree, isUnsent } from '../facts/call-outcome.js';
import { maskOutcome, type ValueMask } from '../masking/index.js';
import { ANSWER_TIMEOUT_MS, projectsLiteral } from './call-options.js';

/** The state of the execution after its attempt has ended. */
export type Next =
  | {
      readonly kind: 'final';
      readonly completedAt?: Date;
      readonly key?: UsedKey;
      readonly answer?: StoredAnswer;
    }
  /** Waits for the next attempt, which any process may make. */
  | { readonly kind: 'queued'; readonly waitMs: number }
  /** The process that holds the execution makes the next attempt at once. */
  | { readonly kind: 'running'; readonly model: AllowedModel };

/** The end of an attempt. */
export interface Ending {
  readonly claim: Claim;
  /** Whether a client waits for the execution; used as a metrics label. */
  readonly mode: ExecutionMode;
  readonly attempt: number;
  /** The model that was called. */
  readonly model: Pick<AllowedModel, 'provider' | 'modelName'>;
  /** The price of the call; null when none is known. */
  readonly price: PriceRecord | null;
  readonly outcome: CallOutcome;
  /** Masks the values of the outcome that must not be stored; left out or null for none. */
  readonly mask?: ValueMask | null;
  readonly next: Next;
}

/** Builds an entry of the statements. A failure leaves out the members that only an answer has. */
export function endEntry({
  claim,
  attempt,
  model,
  price,
  outcome: told,
  mask = null,
  next,
}: Ending): EndEntry {
  const outcome = maskOutcome(told, mask);
  const isFinal = next.kind === 'final';
  const answer = isFinal && next.key !== undefined ? next.answer : undefined;
  const completion = outcome.succeeded ? outcome.completion : null;
  const failure = outcome.succeeded ? null : outcome.failure;
  // Stores a partial answer when there is no other, because a client may have read it.
  const text = completion ?? (isFinal ? failure?.partial?.collected : null) ?? null;
  // An unfinished answer is billed like any other.
  const end = completion ?? failure?.partial?.end ?? null;
  const usage = end?.usage;
  const cost = end === null ? null : computeCost(end, price);
  return {
    project_id: claim.projectId,
    execution_id: claim.executionId,
    fence: claim.fence,
    attempt,
    was_called: true,
    next: next.kind,
    status: completion === null ? 'failed' : 'succeeded',
    ends_as: failure?.kind === 'client_closed' ? 'canceled' : null,
    spent: decideSpent(outcome, cost?.costPicoUsd ?? null),
    completed_at: isFinal ? next.completedAt : null,
    wait_ms: next.kind === 'queued' ? next.waitMs : null,
    next_model_id: next.kind === 'running' ? next.model.modelId : null,
    error_type: failure?.kind,
    error_message: failure?.message,
    provider: model.provider,
    model_name: model.modelName,
    provider_status: failure?.status,
    provider_request_id: completion?.providerRequestId ?? failure?.providerRequestId,
    latency_ms: completion?.latencyMs ?? failure?.latencyMs,
    first_token_ms: completion === null ? failure?.partial?.firstTokenMs : completion.firstTokenMs,
    finish_reason: end?.finishReason,
    prompt_tokens: usage?.promptTokens,
    response_tokens: usage?.responseTokens,
    cached_prompt_tokens: usage?.cachedPromptTokens,
    reasoning_tokens: usage?.reasoningTokens,
    usage: usage?.raw === null || usage?.raw === undefined ? null : writeJson(usage.raw),
    // Only for the first attempt, because this becomes the cost of the execution, to which an earlier attempt may have added.
    cost_pico_usd: attempt === 1 && isUnsent(outcome) ? '0' : cost?.costPicoUsd?.toString(),
    price_id: cost?.priceId,
    response_text: text?.text,
    response_truncated: text?.truncated,
    response_bytes: text?.totalBytes,
    response_sha256: text?.sha256,
    ...(outcome.succeeded && outcome.output != null ? toVerdict(outcome.output) : null),
    tool_calls:
      completion === null || completion.toolCalls.length === 0 ? null : JSON.stringify(completion.toolCalls),
    route: answer === undefined ? null : (next as { key: UsedKey }).key.route,
    key: answer === undefined ? null : (next as { key: UsedKey }).key.key,
    answer_status: answer?.status,
    answer_headers: answer?.headers,
    answer_body: answer?.body,
  };
}

/** Returns the columns of a verdict on an answer. */
export function toVerdict(output: OutputCheck): Pick<EndEntry, 'output_valid' | 'output_check'> {
  return { output_valid: output.valid, output_check: output };
}

/** Returns how much of the attempt's hold is spent. For a failed call that is known only where the vendor said what it bills. */
function decideSpent(outcome: CallOutcome, costPicoUsd: bigint | null): 'cost' | 'nothing' | 'unknown' {
  if (outcome.succeeded || costPicoUsd !== null) return 'cost';
  return isFree(outcome) ? 'nothing' : 'unknown';
}

/** Builds the entry of an execution that ends without another call, so nothing was sent. */
export function refusedEntry(claim: Claim, attemptsMade: number, failure: CallFailure): EndEntry {
  return {
    project_id: claim.projectId,
    execution_id: claim.executionId,
    fence: claim.fence,
    attempt: attemptsMade,
    was_called: false,
    next: 'final',
    status: 'failed',
    error_type: failure.kind,
    error_message: failure.message,
    latency_ms: failure.latencyMs,
  };
}

/** Returns no cost when the price does not apply to this call: its prompt is longer than the price covers, or a count is missing. */
export function computeCost(
  { usage }: Pick<Completion, 'usage'>,
  price: PriceRecord | null,
): { readonly costPicoUsd: bigint | null; readonly priceId: string | null } {
  if (price === null) return { costPicoUsd: null, priceId: null };
  const counts = {
    promptTokens: usage.promptTokens,
    responseTokens: usage.responseTokens,
    cachedPromptTokens: usage.cachedPromptTokens ?? null,
  };
  const cost = costPicoUsd(counts, price);
  return { costPicoUsd: cost, priceId: cost === null ? null : price.priceId };
}

/** Whether `ledger_end_plain` may end the attempt: a call has ended, its execution with it, and there is nothing else to do. */
export function isPlainEnding(entry: EndEntry): boolean {
  return entry.next === 'final' && entry.was_called === true && !entry.ends_as && !entry.answer_body;
}

type EndFunction = 'ledger_end_plain' | 'ledger_end' | 'ledger_record_late';

const call = (name: EndFunction, entries: readonly EndEntry[]): FunctionCall => ({
  name,
  text: `SELECT ${name}($1::json, $2::uuid[]) AS told`,
  values: [JSON.stringify(entries), projectsLiteral(entries)],
  timeoutMs: ANSWER_TIMEOUT_MS,
});

export const END_REHEARSALS: readonly FunctionCall[] = [
  call('ledger_end_plain', []),
  call('ledger_end', []),
  call('ledger_record_late', []),
];

/** Ends executions without duties. @returns for each whether it was ended. */
export function endPlain(connections: JournalConnections, entries: readonly EndEntry[]): Promise<boolean[]> {
  return told(connections, 'ledger_end_plain', entries);
}

/** Ends executions of any kind. @returns for each whether it was ended. */
export function end(connections: JournalConnections, entries: readonly EndEntry[]): Promise<boolean[]> {
  return told(connections, 'ledger_end', entries);
}

/**
 * Records results that came too late to end their executions.
 * @returns for each whether it had been ended by its owner before.
 */
export function recordLate(
  connections: JournalConnections,
  entries: readonly EndEntry[],
): Promise<boolean[]> {
  return told(connections, 'ledger_record_late', entries);
}

async function told(
  connections: JournalConnections,
  name: EndFunction,
  entries: readonly EndEntry[],
): Promise<boolean[]> {
  const [row] = await connections.call<{ told: string | null }>(call(name, entries));
  const keys = new Set(row?.told?.split(','));
  // Matches by fence too, because a process that lost an execution and took it again may have both in one batch.
  return entries.map(({ execution_id: id, fence }) => keys.has(`${id} ${fence}`));
}
