import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { RolloutEntity } from './rollout.entity.js';

/** The place up to which a rollout's record has been taken in. Whoever takes in, looks and decides holds its row until the commit. */
@Entity('rollout_cursors')
@ForeignKey(() => RolloutEntity, ['projectId', 'rolloutId'], ['projectId', 'rolloutId'], {
  name: 'rollout_cursors_project_id_rollout_id_fkey',
})
export class RolloutCursorEntity {
  @PrimaryColumn('uuid', { name: 'project_id' })
  projectId!: string;

  @PrimaryColumn('uuid', { name: 'rollout_id' })
  rolloutId!: string;

  /** The number of the last event. A bigint, hence a string. */
  @Column('bigint', { name: 'last_sequence', default: 0 })
  lastSequence!: string;

  /** The number of looks. */
  @Column('integer', { default: 0 })
  looks!: number;

  /** Executions that ended before are taken in, but for those whose transaction was still open. */
  @Column('timestamptz', { name: 'executions_until' })
  executionsUntil!: Date;

  /** When executions were last looked for that were committed long after they ended. */
  @Column('timestamptz', { name: 'swept_at', default: () => `'-infinity'` })
  sweptAt!: Date;

  /** The number of the last score that was looked at. A bigint, hence a string. */
  @Column('bigint', { name: 'scores_until', default: 0 })
  scoresUntil!: string;

  /** The number of the last outcome that was looked at. A bigint, hence a string. */
  @Column('bigint', { name: 'outcomes_until', default: 0 })
  outcomesUntil!: string;

  @Column('timestamptz', { name: 'taken_in_at', default: () => 'now()' })
  takenInAt!: Date;
}
