import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import { ProjectEntity } from '../people/project.entity.js';

/**
 * What happened outside the ledger because of an execution. Append-only for the application; only the first per execution and metric
 * counts.
 */
@Entity('outcomes')
@ForeignKey(() => ProjectEntity, ['projectId'], ['projectId'], { name: 'outcomes_project_id_fkey' })
@Unique('outcomes_first', ['projectId', 'executionId', 'metric'])
@Unique('outcomes_sequence', ['projectId', 'sequence'])
@Index('outcomes_of_metric', ['projectId', 'metric', 'sequence'])
@Check('outcomes_boolean_check', 'NOT is_boolean OR value IN (0, 1)')
export class OutcomeEntity {
  @PrimaryColumn('uuid', { name: 'project_id' })
  projectId!: string;

  @PrimaryColumn('uuid', { name: 'outcome_id', default: () => 'ledger_uuid7()' })
  outcomeId!: string;

  /** In the project's commit order, so a reader of one number has seen all lower ones. Has gaps. A bigint, hence a string. */
  @Column('bigint')
  sequence!: string;

  @Column('uuid', { name: 'execution_id' })
  executionId!: string;

  @Column({ type: 'text', collation: 'C' })
  metric!: string;

  /** A finite number; 1 for true and 0 for false. */
  @Column('double precision')
  value!: number;

  /** Whether the value was sent as true or false. */
  @Column('boolean', { name: 'is_boolean' })
  isBoolean!: boolean;

  /** The name of the sender. */
  @Column('text', { name: 'created_by' })
  createdBy!: string;

  /** Null for a key without a user, and for the instance. */
  @Column('uuid', { name: 'user_id', nullable: true })
  userId!: string | null;

  @Column('uuid', { name: 'key_id', nullable: true })
  keyId!: string | null;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;
}
