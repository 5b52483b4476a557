import { Check, Column, Entity, ForeignKey, Index } from 'typeorm';
import { PromptVersionEntity } from '../registry/prompt-version.entity.js';
import { RequestedExecution } from './requested-execution.js';

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
  `resolved_by IN ('pointer', 'version_number', 'template_hash', 'environment')`,
)
@Check('executions_in_flight_on_unknown_check', `on_unknown IN ('retry', 'fail')`)
@Check('executions_in_flight_max_attempts_check', `max_attempts > 0`)
export class ExecutionInFlightEntity extends RequestedExecution {
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

  /** The number of times that its worker was lost; an experiment that kills its workers is given up. */
  @Column('integer', { default: 0 })
  lapses!: number;

  /** Further duties of its ending, as bits: 1 settles holds of budgets, 2 announces the outcome. */
  @Column('integer', { default: 0 })
  duties!: number;

  /** The model that was called last; before the first call the one that is to be. */
  @Column('uuid', { name: 'model_id' })
  modelId!: string;

  @Column('integer', { name: 'timeout_ms' })
  timeoutMs!: number;

  /** The unmasked content that a worker needs; null unless the record is masked and nobody waits for the execution. */
  @Column('json', { nullable: true })
  unmasked!: unknown;
}
