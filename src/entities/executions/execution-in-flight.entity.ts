import { Check, Column, Entity, ForeignKey, Index } from 'typeorm';
import { PromptVersionEntity } from '../registry/prompt-version.entity.js';
import { RequestedExecution } from './requested-execution.js';

/**
 * One execution while it is `queued` or `running`: the request and the state of the work. When it ends, the row is deleted in the
 * transaction that inserts its {@link ExecutionEntity}, which copies the request.
 */
@Entity('executions_in_flight')
@ForeignKey(() => PromptVersionEntity, ['projectId', 'versionId'], ['projectId', 'versionId'], {
  name: 'executions_in_flight_project_id_version_id_fkey',
})
// TypeORM cannot express their order and conditions; the migration has them.
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

  /** Rises with each claim; the holder of an older fence has lost the execution. */
  @Column('integer', { default: 0 })
  fence!: number;

  /** The number of the current or latest attempt; 0 before the first. */
  @Column('integer', { default: 0 })
  attempt!: number;

  /** When the provider was called; null while no call is under way. */
  @Column('timestamptz', { name: 'attempt_started_at', nullable: true })
  attemptStartedAt!: Date | null;

  /** When the execution is due, by the database's clock; null while a worker has it. */
  @Column('timestamptz', { name: 'due_at', nullable: true })
  dueAt!: Date | null;

  @Column('timestamptz', { name: 'lease_until', nullable: true })
  leaseUntil!: Date | null;

  /** The number of workers lost while running it. After too many the execution is given up. */
  @Column('integer', { default: 0 })
  lapses!: number;

  /** Duties at its end, as bits: 1 settles budget holds, 2 announces the outcome. */
  @Column('integer', { default: 0 })
  duties!: number;

  /** The model called last, or the one to be called first. */
  @Column('uuid', { name: 'model_id' })
  modelId!: string;

  @Column('integer', { name: 'timeout_ms' })
  timeoutMs!: number;

  /** The unmasked content for the worker. Null unless the record is masked and no caller waits for the execution. */
  @Column('json', { nullable: true })
  unmasked!: unknown;
}
