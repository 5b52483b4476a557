import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { PromptVersionEntity } from '../registry/prompt-version.entity.js';

/** A version that may return to a protected environment without another approval. Append-only for the application. */
@Entity('approved_versions')
@ForeignKey(
  () => PromptVersionEntity,
  ['projectId', 'promptId', 'versionId'],
  ['projectId', 'promptId', 'versionId'],
  { name: 'approved_versions_project_id_prompt_id_version_id_fkey' },
)
export class ApprovedVersionEntity {
  @PrimaryColumn('uuid', { name: 'project_id' })
  projectId!: string;

  @PrimaryColumn('uuid', { name: 'prompt_id' })
  promptId!: string;

  @PrimaryColumn('text')
  environment!: string;

  @PrimaryColumn('uuid', { name: 'version_id' })
  versionId!: string;

  /** Null for a version that was there when the protection began. */
  @Column('uuid', { name: 'change_id', nullable: true })
  changeId!: string | null;

  @Column('timestamptz', { name: 'approved_at', default: () => 'now()' })
  approvedAt!: Date;
}
