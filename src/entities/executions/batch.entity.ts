import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { ProjectEntity } from '../people/project.entity.js';
import { PromptVersionEntity } from '../registry/prompt-version.entity.js';

/** Many executions of one version that were submitted together. What became of them stands in their own rows. */
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

  /** The number of its executions. */
  @Column('integer')
  size!: number;

  /** The address to notify when all of them are final. */
  @Column('text', { name: 'callback_url', nullable: true })
  callbackUrl!: string | null;

  /** The key's name, or `admin`. */
  @Column('text', { name: 'requested_by', nullable: true })
  requestedBy!: string | null;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'canceled_at', nullable: true })
  canceledAt!: Date | null;

  /** When somebody saw that all are final; only batches with a call-back are looked after. */
  @Column('timestamptz', { name: 'completed_at', nullable: true })
  completedAt!: Date | null;
}
