import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { RolloutEntity } from './rollout.entity.js';

/** A look at a running rollout: the figures and the decision. Append-only for the application. */
@Entity('rollout_looks')
@ForeignKey(() => RolloutEntity, ['projectId', 'rolloutId'], ['projectId', 'rolloutId'], {
  name: 'rollout_looks_project_id_rollout_id_fkey',
})
@Index('rollout_looks_of_phase', ['projectId', 'rolloutId', 'phase', 'look'])
@Check('rollout_looks_look_check', 'look > 0')
@Check('rollout_looks_decision_check', `decision IN ('continue', 'guardrail', 'next_step', 'success')`)
export class RolloutLookEntity {
  @PrimaryColumn('uuid', { name: 'project_id' })
  projectId!: string;

  @PrimaryColumn('uuid', { name: 'rollout_id' })
  rolloutId!: string;

  /** 1, 2, 3 … in order. */
  @PrimaryColumn('integer')
  look!: number;

  /** Counts from 1. */
  @Column('integer')
  phase!: number;

  /** The last event that the look included. A bigint, hence a string. */
  @Column('bigint', { name: 'last_sequence' })
  lastSequence!: string;

  @Column('text')
  decision!: 'continue' | 'guardrail' | 'next_step' | 'success';

  @Column('timestamptz', { name: 'looked_at' })
  lookedAt!: Date;

  /** The complete figures, in the form of the statistics module. */
  @Column('json')
  figures!: unknown;
}
