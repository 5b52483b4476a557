import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import { ProjectEntity } from '../people/project.entity.js';

/**
 * The outcome of an execution outside of the ledger. Append-only for the application; of each execution and metric there is one, the first.
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

  /** In the order of the commits of the project: whoever has read one has read all lower ones. There are gaps. A bigint, hence a string. */
  @Column('bigint')
  sequence!: string;

  @Column('uuid', { name: 'execution_id' })
  executionId!: string;

  @Column({ type: 'text', collation: 'C' })
  metric!: string;

  /** Finite; 1 and 0 for true and false. */
  @Column('double precision')
  value!: number;

  /** Whether it was sent as true or false. */
  @Column('boolean', { name: 'is_boolean' })
  isBoolean!: boolean;

  /** The name of whoever sent it. */
  @Column('text', { name: 'created_by' })
  createdBy!: string;

  /** Null for a key that belongs to nobody, and for the instance. */
  @Column('uuid', { name: 'user_id', nullable: true })
  userId!: string | null;

  @Column('uuid', { name: 'key_id', nullable: true })
  keyId!: string | null;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;
}
