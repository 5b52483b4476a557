import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { ExecutionErrorType } from './execution.entity.js';

/** `dispatched` exists only in the API, for an attempt that is under way. */
export type AttemptStatus = 'dispatched' | 'succeeded' | 'failed' | 'outcome_unknown' | 'fenced';

/**
 * One call to a provider that has ended, inserted once. While the call is under way, the row in flight records it ({@link
 * ExecutionInFlightEntity.attemptStartedAt}), committed before the socket opens.
 */
@Entity('execution_attempts')
export class ExecutionAttemptEntity {
  @PrimaryColumn('uuid', { name: 'project_id' })
  projectId!: string;

  @PrimaryColumn('uuid', { name: 'execution_id' })
  executionId!: string;

  @PrimaryColumn('integer')
  attempt!: number;

  /** Marks a result that came after its outcome was given up as unknown. It is kept as evidence and settles the hold. */
  @PrimaryColumn('boolean', { default: false })
  late!: boolean;

  @Column('integer')
  fence!: number;

  @Column('text')
  status!: AttemptStatus;

  @Column('text')
  provider!: string;

  @Column('text', { name: 'model_name' })
  modelName!: string;

  @Column('text', { name: 'provider_request_id', nullable: true })
  providerRequestId!: string | null;

  /** The vendor's HTTP status, if there was one. */
  @Column('integer', { name: 'provider_status', nullable: true })
  providerStatus!: number | null;

  @Column('json', { nullable: true })
  usage!: unknown;

  @Column('text', { name: 'error_type', nullable: true })
  errorType!: ExecutionErrorType | null;

  @Column('text', { name: 'error_message', nullable: true })
  errorMessage!: string | null;

  @Column('timestamptz', { name: 'started_at' })
  startedAt!: Date;

  @Column('timestamptz', { name: 'completed_at', default: () => 'clock_timestamp()' })
  completedAt!: Date;

  @Column('uuid', { name: 'model_id', nullable: true })
  modelId!: string | null;

  @Column('integer', { name: 'prompt_tokens', nullable: true })
  promptTokens!: number | null;

  @Column('integer', { name: 'response_tokens', nullable: true })
  responseTokens!: number | null;

  /** Milliseconds from the start of the call to the first piece of the answer; null if it was not streamed. */
  @Column('integer', { name: 'first_token_ms', nullable: true })
  firstTokenMs!: number | null;

  /** The price used to compute the cost. */
  @Column('uuid', { name: 'price_id', nullable: true })
  priceId!: string | null;

  /** Whole pico-dollars as text; null when unknown. */
  @Column('bigint', { name: 'cost_pico_usd', nullable: true })
  costPicoUsd!: string | null;

  @Column('integer', { name: 'latency_ms', nullable: true })
  latencyMs!: number | null;
}
