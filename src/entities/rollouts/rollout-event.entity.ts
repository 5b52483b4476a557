import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { RolloutArm } from '../executions/requested-execution.js';

/**
 * An exposure of a rollout with its execution's measures, or a value that came later. Append-only for the application. Has no foreign key
 * to its rollout, which would be locked for each event; the cursor under whose lock events are added has one.
 */
@Entity('rollout_events')
@Index('rollout_events_exposure', ['executionId'], {
  unique: true,
  where: `kind = 'exposure'`,
})
@Index('rollout_events_value', ['projectId', 'rolloutId', 'executionId', 'metric'], {
  unique: true,
  where: `kind = 'value'`,
})
@Check('rollout_events_kind_check', `kind IN ('exposure', 'value')`)
@Check('rollout_events_arm_check', `arm IN ('control', 'candidate')`)
@Check(
  'rollout_events_kind',
  `CASE kind WHEN 'value' THEN metric IS NOT NULL AND value IS NOT NULL ELSE metric IS NULL AND value IS NULL AND status IS NOT NULL END`,
)
@Check('rollout_events_measures', `measures IS NULL OR kind = 'exposure'`)
export class RolloutEventEntity {
  @PrimaryColumn('uuid', { name: 'project_id' })
  projectId!: string;

  @PrimaryColumn('uuid', { name: 'rollout_id' })
  rolloutId!: string;

  /** In the rollout's commit order. Has gaps, because the numbers after an exposure's belong to its measures. A bigint, hence a string. */
  @PrimaryColumn('bigint')
  sequence!: string;

  @Column('text')
  kind!: 'exposure' | 'value';

  @Column('uuid', { name: 'execution_id' })
  executionId!: string;

  /** Counts from 1. A value has the phase of its exposure. */
  @Column('integer')
  phase!: number;

  @Column('text')
  arm!: RolloutArm;

  /** The HMAC of the `unit_key` in hexadecimal, or the execution's own id for a request without a key. */
  @Column('text')
  unit!: string;

  /** The final status of the execution, for an exposure. */
  @Column('text', { nullable: true })
  status!: 'succeeded' | 'failed' | 'canceled' | null;

  /** Whether the response cache answered, for an exposure. */
  @Column('boolean', { name: 'is_cached', nullable: true })
  isCached!: boolean | null;

  /** Whether a model other than the first choice answered, for an exposure. */
  @Column('boolean', { name: 'is_fallback', nullable: true })
  isFallback!: boolean | null;

  @Column('timestamptz', { name: 'ended_at', nullable: true })
  endedAt!: Date | null;

  /** The values of an exposure's own metrics by name, without metrics that have no value. */
  @Column('json', { nullable: true })
  measures!: Readonly<Record<string, number>> | null;

  @Column('text', { nullable: true })
  metric!: string | null;

  /** 1 for yes and 0 for no. */
  @Column('double precision', { nullable: true })
  value!: number | null;

  /** The time from the end of the execution to its score or outcome. */
  @Column('double precision', { name: 'delay_ms', nullable: true })
  delayMs!: number | null;
}
