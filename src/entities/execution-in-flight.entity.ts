import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import type { ExecutionMode, StoredTarget } from './execution.entity.js';
import { PromptVersionEntity } from './prompt-version.entity.js';
import type { PromptMode } from './prompt.entity.js';

/**
 * One execution while it is `queued` or `running`: what there is to do, and what was asked. When it ends, the row is deleted in
 * the transaction that inserts its {@link ExecutionEntity}, which copies what was asked.
 */
@Entity('executions_in_flight')
@ForeignKey(() => PromptVersionEntity, ['projectId', 'versionId'], ['projectId', 'versionId'], {
  name: 'executions_in_flight_project_id_version_id_fkey',
})
// Their order and conditions are more than TypeORM can say; the migration has them.
@Index('executions_in_flight_due', { synchronize: false })
@Index('executions_in_flight_leased', { synchronize: false })
@Index('executions_in_flight_batch', { synchronize: false })
@Check('executions_in_flight_execution_mode_check', `execution_mode IN ('sync', 'async')`)
@Check('executions_in_flight_prompt_mode_check', `prompt_mode IN ('full', 'tracking')`)
@Check('executions_in_flight_status_check', `status IN ('queued', 'running')`)
@Check('executions_in_flight_on_budget_check', `on_budget IN ('refuse', 'clamp')`)
@Check(
  'executions_in_flight_bare_check',
  `(prompt_id IS NULL) = (version_id IS NULL) AND (prompt_id IS NULL) = (prompt_mode IS NULL)`,
)
@Check('executions_in_flight_called_check', `attempt_started_at IS NULL OR status = 'running'`)
@Check(
  'executions_in_flight_resolved_by_check',
  `resolved_by IN ('pointer', 'version_number', 'template_hash')`,
)
@Check('executions_in_flight_on_unknown_check', `on_unknown IN ('retry', 'fail')`)
@Check('executions_in_flight_max_attempts_check', `max_attempts > 0`)
export class ExecutionInFlightEntity {
  @PrimaryColumn('uuid', { name: 'project_id' })
  projectId!: string;

  @PrimaryColumn('uuid', { name: 'execution_id', default: () => 'ledger_uuid7()' })
  executionId!: string;

  @Column('text')
  status!: 'queued' | 'running';

  /** Rises with each claim; whoever holds an older one has lost the execution. */
  @Column('integer', { default: 0 })
  fence!: number;

  /** The number of the attempt that is being made, or that was made last; 0 before the first. */
  @Column('integer', { default: 0 })
  attempt!: number;

  /** When the provider was called; null while nobody is being called. */
  @Column('timestamptz', { name: 'attempt_started_at', nullable: true })
  attemptStartedAt!: Date | null;

  /** When it is to be worked on, by the database's clock; null while somebody works on it. */
  @Column('timestamptz', { name: 'due_at', nullable: true })
  dueAt!: Date | null;

  @Column('timestamptz', { name: 'lease_until', nullable: true })
  leaseUntil!: Date | null;

  /** How often whoever worked on it was lost; one that kills its workers is given up. */
  @Column('integer', { default: 0 })
  lapses!: number;

  /** What its ending has to do besides, as bits: 1 settle holds of budgets, 2 tell somebody. */
  @Column('integer', { default: 0 })
  duties!: number;

  /** Null of a bare call, which came with its messages; version and mode of the prompt then too. */
  @Column('uuid', { name: 'prompt_id', nullable: true })
  promptId!: string | null;

  @Column('uuid', { name: 'version_id', nullable: true })
  versionId!: string | null;

  /** The model that was called last; before the first call the one that is to be. */
  @Column('uuid', { name: 'model_id' })
  modelId!: string;

  /** The prompt's mode when it began. */
  @Column('text', { name: 'prompt_mode', nullable: true })
  promptMode!: PromptMode | null;

  @Column('text')
  environment!: string;

  @Column('text', { name: 'execution_mode' })
  executionMode!: ExecutionMode;

  /** The prompt's team when it began. */
  @Column('text', { name: 'owner_team', nullable: true })
  ownerTeam!: string | null;

  /** The named route it is sent along. */
  @Column('text', { name: 'route_name', nullable: true })
  routeName!: string | null;

  /** The models it may be sent to, in their order; null where there is only the one. */
  @Column('json', { nullable: true })
  targets!: StoredTarget[] | null;

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

  @Column('integer', { name: 'timeout_ms' })
  timeoutMs!: number;

  /** So many calls to a provider are made for it at most. */
  @Column('integer', { name: 'max_attempts', default: 4 })
  maxAttempts!: number;

  /** What to do with a call whose outcome nobody knows. */
  @Column('text', { name: 'on_unknown', default: 'retry' })
  onUnknown!: 'retry' | 'fail';

  /** What to do where a budget has less left than it may cost. */
  @Column('text', { name: 'on_budget', nullable: true })
  onBudget!: 'refuse' | 'clamp' | null;

  /** Whether the answer is sent on as it comes. */
  @Column('boolean', { default: false })
  streamed!: boolean;

  /** Whom to tell when it ends. */
  @Column('text', { name: 'callback_url', nullable: true })
  callbackUrl!: string | null;

  @Column('uuid', { name: 'batch_id', nullable: true })
  batchId!: string | null;

  /** How the version was found. */
  @Column('text', { name: 'resolved_by', nullable: true })
  resolvedBy!: 'pointer' | 'version_number' | 'template_hash' | null;

  /** The key's name, or `admin`. */
  @Column('text', { name: 'requested_by', nullable: true })
  requestedBy!: string | null;

  /** Whose rate limits its tokens count against; null for the instance's admin. */
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
