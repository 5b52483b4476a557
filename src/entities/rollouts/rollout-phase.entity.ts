import { Check, Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { RolloutEntity } from './rollout.entity.js';

/** A step of a rollout that has begun. */
@Entity('rollout_phases')
@ForeignKey(() => RolloutEntity, ['projectId', 'rolloutId'], ['projectId', 'rolloutId'], {
  name: 'rollout_phases_project_id_rollout_id_fkey',
})
@Check('rollout_phases_phase_check', 'phase >= 1')
@Check('rollout_phases_percent_check', 'percent > 0 AND percent <= 50')
export class RolloutPhaseEntity {
  @PrimaryColumn('uuid', { name: 'project_id' })
  projectId!: string;

  @PrimaryColumn('uuid', { name: 'rollout_id' })
  rolloutId!: string;

  /** Counts from 1. */
  @PrimaryColumn('integer')
  phase!: number;

  /** The candidate's share of all units. */
  @Column('double precision')
  percent!: number;

  @Column('timestamptz', { name: 'started_at' })
  startedAt!: Date;

  @Column('timestamptz', { name: 'ended_at', nullable: true })
  endedAt!: Date | null;
}
