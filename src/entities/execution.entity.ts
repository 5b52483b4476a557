import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { PromptMode } from './prompt.entity.js';

export type ExecutionMode = 'sync' | 'async';
/** `recorded`: a client called its provider itself, and told afterwards. */
export type ExecutionOrigin = 'ledger' | 'recorded';
export type FinalStatus = 'succeeded' | 'failed' | 'canceled';
export type ExecutionStatus = 'queued' | 'running' | FinalStatus;
export type ExecutionErrorType =
  | 'timeout'
  | 'rate_limited'
  | 'provider_error'
  | 'provider_rejected'
  | 'connection'
  | 'outcome_unknown'
  | 'internal'
  /** Whoever read the stream went away. */
  | 'client_closed'
  /** A budget had nothing left for another attempt. */
  | 'budget_exceeded';

/** One of the models that an execution may be sent to. */
export interface StoredTarget {
  readonly model_id: string;
  readonly provider: string;
  readonly model_name: string;
}

/**
 * One execution that is over: the facts, inserted once and never changed. While it is in flight it is an
 * {@link ExecutionInFlightEntity}. The texts stand in {@link ExecutionInputEntity} and {@link ExecutionOutputEntity}.
 * Partitioned by week of the id.
 */
@Entity('executions')
// Their order and conditions are more than TypeORM can say; the migration has them.
@Index('executions_by_prompt', { synchronize: false })
@Index('executions_by_environment', { synchronize: false })
@Index('executions_by_correlation', { synchronize: false })
@Index('executions_by_batch', { synchronize: false })
@Index('executions_by_trace', { synchronize: false })
export class ExecutionEntity {
  @PrimaryColumn('uuid', { name: 'project_id' })
  projectId!: string;

  @PrimaryColumn('uuid', { name: 'execution_id', default: () => 'ledger_uuid7()' })
  executionId!: string;

  /** Null of a bare call, which came with its messages; version and mode of the prompt then too. */
  @Column('uuid', { name: 'prompt_id', nullable: true })
  promptId!: string | null;

  @Column('uuid', { name: 'version_id', nullable: true })
  versionId!: string | null;

  /** The prompt's team when it ran. */
  @Column('text', { name: 'owner_team', nullable: true })
  ownerTeam!: string | null;

  /** The model that was called last; of one that was not called, the one that was to be. */
  @Column('uuid', { name: 'model_id' })
  modelId!: string;

  /** The named route it was sent along. */
  @Column('text', { name: 'route_name', nullable: true })
  routeName!: string | null;

  /** The models it may be sent to, in their order; null where there is only the one. */
  @Column('json', { nullable: true })
  targets!: StoredTarget[] | null;

  @Column('text')
  environment!: string;

  @Column('text', { default: 'ledger' })
  origin!: ExecutionOrigin;

  @Column('text', { name: 'execution_mode' })
  executionMode!: ExecutionMode;

  /** The prompt's mode when it ran. */
  @Column('text', { name: 'prompt_mode', nullable: true })
  promptMode!: PromptMode | null;

  @Column('text')
  status!: FinalStatus;

  @Column('text', { name: 'correlation_id', nullable: true })
  correlationId!: string | null;

  @Column('double precision', { nullable: true })
  temperature!: number | null;

  @Column('integer', { name: 'top_k', nullable: true })
  topK!: number | null;

  @Column('double precision', { name: 'top_p', nullable: true })
  topP!: number | null;

  @Column('double precision', { name: 'repetition_penalty', nullable: true })
  repetitionPenalty!: number | null;

  @Column('integer', { name: 'max_new_tokens', nullable: true })
  maxNewTokens!: number | null;

  /** Parameters without a column of their own, as JSON text. */
  @Column('text', { name: 'further_params', nullable: true })
  furtherParams!: string | null;

  /** Null of a recorded one: who called may have set none. */
  @Column('integer', { name: 'timeout_ms', nullable: true })
  timeoutMs!: number | null;

  @Column('integer', { name: 'prompt_tokens', nullable: true })
  promptTokens!: number | null;

  @Column('integer', { name: 'response_tokens', nullable: true })
  responseTokens!: number | null;

  @Column('integer', { name: 'latency_ms', nullable: true })
  latencyMs!: number | null;

  /** Milliseconds from the beginning of the call to the first piece of the answer. */
  @Column('integer', { name: 'first_token_ms', nullable: true })
  firstTokenMs!: number | null;

  @Column('integer', { name: 'cached_prompt_tokens', nullable: true })
  cachedPromptTokens!: number | null;

  @Column('integer', { name: 'reasoning_tokens', nullable: true })
  reasoningTokens!: number | null;

  /** What the answer cost, in whole pico-dollars, as text; null when nobody knows. */
  @Column('bigint', { name: 'cost_pico_usd', nullable: true })
  costPicoUsd!: string | null;

  /** The price it was counted by. */
  @Column('uuid', { name: 'price_id', nullable: true })
  priceId!: string | null;

  /** Answered from another execution, without a call. */
  @Column('boolean', { name: 'cache_hit', default: false })
  cacheHit!: boolean;

  @Column('uuid', { name: 'cached_from', nullable: true })
  cachedFrom!: string | null;

  /** Whether the answer was sent on as it came. */
  @Column('boolean', { default: false })
  streamed!: boolean;

  @Column('text', { name: 'finish_reason', nullable: true })
  finishReason!: string | null;

  @Column('text', { name: 'error_type', nullable: true })
  errorType!: ExecutionErrorType | null;

  @Column('text', { name: 'error_message', nullable: true })
  errorMessage!: string | null;

  /** How the version was found. */
  @Column('text', { name: 'resolved_by', nullable: true })
  resolvedBy!: 'pointer' | 'version_number' | 'template_hash' | null;

  /** The key's name, or `admin`. */
  @Column('text', { name: 'requested_by', nullable: true })
  requestedBy!: string | null;

  /** Whose rate limits its tokens count against; null for the instance's admin, and where nobody knows. */
  @Column('uuid', { name: 'key_id', nullable: true })
  keyId!: string | null;

  @Column('text', { name: 'trace_id', nullable: true })
  traceId!: string | null;

  @Column('text', { name: 'span_id', nullable: true })
  spanId!: string | null;

  @Column('uuid', { name: 'batch_id', nullable: true })
  batchId!: string | null;

  /** What to do with a call whose outcome nobody knows. */
  @Column('text', { name: 'on_unknown', default: 'retry' })
  onUnknown!: 'retry' | 'fail';

  /** What to do where a budget has less left than it may cost. */
  @Column('text', { name: 'on_budget', nullable: true })
  onBudget!: 'refuse' | 'clamp' | null;

  @Column('integer', { name: 'attempts_made', default: 0 })
  attemptsMade!: number;

  /** So many calls to a provider are made for it at most. */
  @Column('integer', { name: 'max_attempts', default: 4 })
  maxAttempts!: number;

  /** Who was told when it ended. */
  @Column('text', { name: 'callback_url', nullable: true })
  callbackUrl!: string | null;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'started_at', nullable: true })
  startedAt!: Date | null;

  @Column('timestamptz', { name: 'completed_at', default: () => 'now()' })
  completedAt!: Date;
}
