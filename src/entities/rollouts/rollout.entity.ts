import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { ProjectEntity } from '../people/project.entity.js';
import { PromptVersionEntity } from '../registry/prompt-version.entity.js';

export const ROLLOUT_STATUSES = [
  'draft',
  'running',
  'paused',
  'completed',
  'rolled_back',
  'stopped',
] as const;
export type RolloutStatus = (typeof ROLLOUT_STATUSES)[number];

/** A rollout, which sends a growing share of a prompt's units in one environment to another version. */
@Entity('rollouts')
@ForeignKey(() => ProjectEntity, ['projectId'], ['projectId'], { name: 'rollouts_project_id_fkey' })
@ForeignKey(
  () => PromptVersionEntity,
  ['projectId', 'promptId', 'controlVersionId'],
  ['projectId', 'promptId', 'versionId'],
  { name: 'rollouts_project_id_prompt_id_control_version_id_fkey' },
)
@ForeignKey(
  () => PromptVersionEntity,
  ['projectId', 'promptId', 'candidateVersionId'],
  ['projectId', 'promptId', 'versionId'],
  { name: 'rollouts_project_id_prompt_id_candidate_version_id_fkey' },
)
@Index('rollouts_active', ['projectId', 'promptId', 'environment'], {
  unique: true,
  where: `status IN ('running', 'paused')`,
})
@Index('rollouts_running', ['rolloutId'], { where: `status = 'running'` })
@Index('rollouts_by_prompt', ['projectId', 'promptId', 'rolloutId'])
@Check(
  'rollouts_status_check',
  `status IN ('draft', 'running', 'paused', 'completed', 'rolled_back', 'stopped')`,
)
@Check('rollouts_phase_check', 'phase >= 0')
export class RolloutEntity {
  @PrimaryColumn('uuid', { name: 'project_id' })
  projectId!: string;

  @PrimaryColumn('uuid', { name: 'rollout_id', default: () => 'ledger_uuid7()' })
  rolloutId!: string;

  @Column('text')
  name!: string;

  @Column('text', { default: 'draft' })
  status!: RolloutStatus;

  @Column('uuid', { name: 'prompt_id' })
  promptId!: string;

  @Column('text')
  environment!: string;

  @Column('uuid', { name: 'control_version_id' })
  controlVersionId!: string;

  @Column('text', { name: 'control_checksum' })
  controlChecksum!: string;

  @Column('uuid', { name: 'candidate_version_id' })
  candidateVersionId!: string;

  @Column('text', { name: 'candidate_checksum' })
  candidateChecksum!: string;

  /** The definition, in the form of the statistics module. */
  @Column('json')
  definition!: unknown;

  /** The current step, counted from 1; 0 before the start. */
  @Column('integer', { default: 0 })
  phase!: number;

  /** Grows with each transition. */
  @Column('integer', { default: 0 })
  fence!: number;

  /** The change that approved it; null when none was needed. */
  @Column('uuid', { name: 'change_id', nullable: true })
  changeId!: string | null;

  /** The name of its creator. */
  @Column('text', { name: 'created_by' })
  createdBy!: string;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'started_at', nullable: true })
  startedAt!: Date | null;

  @Column('timestamptz', { name: 'ended_at', nullable: true })
  endedAt!: Date | null;

  /** When the status was reached. */
  @Column('timestamptz', { name: 'status_at', default: () => 'now()' })
  statusAt!: Date;

  /** The name of who changed the status. */
  @Column('text', { name: 'status_by' })
  statusBy!: string;

  /** The reason for the status; null when none was given. */
  @Column('text', { name: 'status_reason', nullable: true })
  statusReason!: string | null;
}
