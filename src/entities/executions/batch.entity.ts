import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { ProjectEntity } from '../people/project.entity.js';
import { PromptVersionEntity } from '../registry/prompt-version.entity.js';

/** Many executions of one version that were submitted together. Their own rows hold their results. */
@Entity('batches')
@ForeignKey(() => ProjectEntity, ['projectId'], ['projectId'], { name: 'batches_project_id_fkey' })
@ForeignKey(() => PromptVersionEntity, ['projectId', 'versionId'], ['projectId', 'versionId'], {
  name: 'batches_project_id_version_id_fkey',
})
@Index('batches_open', ['createdAt'], { where: 'completed_at IS NULL AND callback_url IS NOT NULL' })
@Check('batches_size_check', `size > 0`)
export class BatchEntity {
  @PrimaryColumn('uuid', { name: 'project_id' })
  projectId!: string;

  @PrimaryColumn('uuid', { name: 'batch_id', default: () => 'ledger_uuid7()' })
  batchId!: string;

  @Column('uuid', { name: 'prompt_id' })
  promptId!: string;

  @Column('uuid', { name: 'version_id' })
  versionId!: string;

  @Column('uuid', { name: 'model_id' })
  modelId!: string;

  @Column('text')
  environment!: string;

  /** The number of executions. */
  @Column('integer')
  size!: number;

  /** The address to notify when all executions are final. */
  @Column('text', { name: 'callback_url', nullable: true })
  callbackUrl!: string | null;

  /** The key's name, or `admin`. */
  @Column('text', { name: 'requested_by', nullable: true })
  requestedBy!: string | null;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'canceled_at', nullable: true })
  canceledAt!: Date | null;

  /** When all executions were found to be final. Set only for batches with a call-back. */
  @Column('timestamptz', { name: 'completed_at', nullable: true })
  completedAt!: Date | null;
}
