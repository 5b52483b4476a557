import { Column, Entity, Index } from 'typeorm';
import { RequestedExecution, type RolloutArm } from './requested-execution.js';

/** `recorded` means that a client called its provider itself and reported the call afterwards. */
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
  /** The reader of the stream disconnected. */
  | 'client_closed'
  /** A budget had too little left for another attempt. */
  | 'budget_exceeded';

/**
 * One ended execution: its facts, inserted once and never changed. While in flight it is an {@link ExecutionInFlightEntity}. {@link
 * ExecutionInputEntity} and {@link ExecutionOutputEntity} hold the texts. Partitioned by the week of the id.
 */
@Entity('executions')
// TypeORM cannot express their order and conditions; the migration has them.
@Index('executions_by_prompt', { synchronize: false })
@Index('executions_by_environment', { synchronize: false })
@Index('executions_by_correlation', { synchronize: false })
@Index('executions_by_batch', { synchronize: false })
@Index('executions_by_trace', { synchronize: false })
@Index('executions_by_verdict', { synchronize: false })
@Index('executions_by_arm', { synchronize: false })
@Index('executions_by_rollout', { synchronize: false })
export class ExecutionEntity extends RequestedExecution {
  /** The model called last or, without a call, the one that would have been called first. */
  @Column('uuid', { name: 'model_id' })
  modelId!: string;

  @Column('text', { default: 'ledger' })
  origin!: ExecutionOrigin;

  @Column('text')
  status!: FinalStatus;

  /** Null for a recorded execution, whose client may have set no timeout. */
  @Column('integer', { name: 'timeout_ms', nullable: true })
  timeoutMs!: number | null;

  @Column('integer', { name: 'prompt_tokens', nullable: true })
  promptTokens!: number | null;

  @Column('integer', { name: 'response_tokens', nullable: true })
  responseTokens!: number | null;

  @Column('integer', { name: 'latency_ms', nullable: true })
  latencyMs!: number | null;

  /** Milliseconds from the start of the call to the first piece of the answer. */
  @Column('integer', { name: 'first_token_ms', nullable: true })
  firstTokenMs!: number | null;

  @Column('integer', { name: 'cached_prompt_tokens', nullable: true })
  cachedPromptTokens!: number | null;

  @Column('integer', { name: 'reasoning_tokens', nullable: true })
  reasoningTokens!: number | null;

  /** The cost in whole pico-dollars, as text; null when it is unknown. */
  @Column('bigint', { name: 'cost_pico_usd', nullable: true })
  costPicoUsd!: string | null;

  /** The price used to compute the cost. */
  @Column('uuid', { name: 'price_id', nullable: true })
  priceId!: string | null;

  /** True when another execution's answer was reused without a call. */
  @Column('boolean', { name: 'cache_hit', default: false })
  cacheHit!: boolean;

  @Column('uuid', { name: 'cached_from', nullable: true })
  cachedFrom!: string | null;

  @Column('text', { name: 'finish_reason', nullable: true })
  finishReason!: string | null;

  @Column('text', { name: 'error_type', nullable: true })
  errorType!: ExecutionErrorType | null;

  @Column('text', { name: 'error_message', nullable: true })
  errorMessage!: string | null;

  @Column('integer', { name: 'attempts_made', default: 0 })
  attemptsMade!: number;

  @Column('timestamptz', { name: 'completed_at', default: () => 'now()' })
  completedAt!: Date;

  /** When the content was erased; null while the ledger has it. */
  @Column('timestamptz', { name: 'content_erased_at', nullable: true })
  contentErasedAt!: Date | null;

  /** Whether the answer fits the requested schema; null when unchecked. */
  @Column('boolean', { name: 'output_valid', nullable: true })
  outputValid!: boolean | null;

  /** The two fields of `rollout` that lists find executions by; a trigger fills them. */
  @Column('uuid', { name: 'rollout_id', nullable: true })
  rolloutId!: string | null;

  @Column('text', { name: 'rollout_arm', nullable: true })
  rolloutArm!: RolloutArm | null;
}
