import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { RolloutEntity } from './rollout.entity.js';

/** How far a rollout's record has been ingested. The process that ingests, looks and decides locks this row until it commits. */
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

  /** Executions that ended earlier are ingested, except those whose transaction was still open. */
  @Column('timestamptz', { name: 'executions_until' })
  executionsUntil!: Date;

  /** When the last sweep looked for executions that committed long after they ended. */
  @Column('timestamptz', { name: 'swept_at', default: () => `'-infinity'` })
  sweptAt!: Date;

  /** The number of the last score read. A bigint, hence a string. */
  @Column('bigint', { name: 'scores_until', default: 0 })
  scoresUntil!: string;

  /** The number of the last outcome read. A bigint, hence a string. */
  @Column('bigint', { name: 'outcomes_until', default: 0 })
  outcomesUntil!: string;

  @Column('timestamptz', { name: 'taken_in_at', default: () => 'now()' })
  takenInAt!: Date;
}
