import { Column, PrimaryColumn } from 'typeorm';
import type { PromptMode } from '../registry/prompt.entity.js';

export type ExecutionMode = 'sync' | 'async';

/** One of the models that an execution may be sent to. */
export interface StoredTarget {
  readonly model_id: string;
  readonly provider: string;
  readonly model_name: string;
}

/** The version that the environment runs, or the one on trial. */
export type RolloutArm = 'control' | 'candidate';

/** The rollout that chose the version of an execution. */
export interface StoredArm {
  readonly rollout_id: string;
  readonly arm: RolloutArm;
  /** The step of the rollout, counted from 1. */
  readonly phase: number;
  /** The HMAC of the `unit_key` in hexadecimal; null for a request without a key, which is its own unit. */
  readonly unit: string | null;
  /** The unit's position among all units, from 0 to 0.9999. */
  readonly bucket: number;
}

/**
 * The request, its caller and how it arrived: the columns that an execution keeps from the row in flight when it ends. Not an entity
 * itself.
 */
export abstract class RequestedExecution {
  @PrimaryColumn('uuid', { name: 'project_id' })
  projectId!: string;

  @PrimaryColumn('uuid', { name: 'execution_id', default: () => 'ledger_uuid7()' })
  executionId!: string;

  /** Null for a bare call, which carries its own messages; the version and the prompt's mode are then null too. */
  @Column('uuid', { name: 'prompt_id', nullable: true })
  promptId!: string | null;

  @Column('uuid', { name: 'version_id', nullable: true })
  versionId!: string | null;

  /** The prompt's mode when the execution began. */
  @Column('text', { name: 'prompt_mode', nullable: true })
  promptMode!: PromptMode | null;

  @Column('text')
  environment!: string;

  @Column('text', { name: 'execution_mode' })
  executionMode!: ExecutionMode;

  /** The prompt's team when the execution began. */
  @Column('text', { name: 'owner_team', nullable: true })
  ownerTeam!: string | null;

  /** The named route of the execution. */
  @Column('text', { name: 'route_name', nullable: true })
  routeName!: string | null;

  /** The models that the execution may be sent to, in order; null when there is only one. */
  @Column('json', { nullable: true })
  targets!: StoredTarget[] | null;

  @Column('text', { name: 'correlation_id', nullable: true })
  correlationId!: string | null;

  /** The caller's own pairs; null when there are none. Lists use {@link ExecutionMetadataEntity} to find them. */
  @Column('json', { nullable: true })
  metadata!: Readonly<Record<string, string>> | null;

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

  /** The most provider calls for the execution. */
  @Column('integer', { name: 'max_attempts', default: 4 })
  maxAttempts!: number;

  /** What to do after a call whose outcome is unknown. */
  @Column('text', { name: 'on_unknown', default: 'retry' })
  onUnknown!: 'retry' | 'fail';

  /** What to do when a budget has less left than the execution may cost. */
  @Column('text', { name: 'on_budget', nullable: true })
  onBudget!: 'refuse' | 'clamp' | null;

  /** Whether the caller reads the answer as a stream. */
  @Column('boolean', { default: false })
  streamed!: boolean;

  /** The address to notify when the execution ends. */
  @Column('text', { name: 'callback_url', nullable: true })
  callbackUrl!: string | null;

  @Column('uuid', { name: 'batch_id', nullable: true })
  batchId!: string | null;

  /** How the version was found. */
  @Column('text', { name: 'resolved_by', nullable: true })
  resolvedBy!: 'pointer' | 'environment' | 'version_number' | 'template_hash' | null;

  /** The arm that chose the version; null outside rollouts. */
  @Column('jsonb', { nullable: true })
  rollout!: StoredArm | null;

  /** The key's name, or `admin`. */
  @Column('text', { name: 'requested_by', nullable: true })
  requestedBy!: string | null;

  /** The key whose rate limits the tokens count against; null for the instance's admin and when unknown. */
  @Column('uuid', { name: 'key_id', nullable: true })
  keyId!: string | null;

  @Column('text', { name: 'trace_id', nullable: true })
  traceId!: string | null;

  @Column('text', { name: 'span_id', nullable: true })
  spanId!: string | null;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'started_at', nullable: true })
  startedAt!: Date | null;
}
