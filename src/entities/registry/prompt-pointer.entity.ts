import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { PromptVersionEntity } from './prompt-version.entity.js';
import { PromptEntity } from './prompt.entity.js';

/** The version that a request without a version gets. The pointer of `default` names the active version. */
@Entity('prompt_pointers')
@ForeignKey(() => PromptEntity, ['projectId', 'promptId'], ['projectId', 'promptId'], {
  name: 'prompt_pointers_project_id_prompt_id_fkey',
})
@ForeignKey(
  () => PromptVersionEntity,
  ['projectId', 'promptId', 'versionId'],
  ['projectId', 'promptId', 'versionId'],
  {
    name: 'prompt_pointers_project_id_prompt_id_version_id_fkey',
  },
)
export class PromptPointerEntity {
  @PrimaryColumn('uuid', { name: 'project_id' })
  projectId!: string;

  @PrimaryColumn('uuid', { name: 'prompt_id' })
  promptId!: string;

  @PrimaryColumn('text', { default: 'default' })
  environment!: string;

  @Column('uuid', { name: 'version_id' })
  versionId!: string;

  @Column('bigint', { name: 'registry_revision' })
  registryRevision!: string;

  @Column('timestamptz', { name: 'moved_at', default: () => 'now()' })
  movedAt!: Date;

  @Column('text', { name: 'moved_by', nullable: true })
  movedBy!: string | null;
}
