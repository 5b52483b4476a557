import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Which version a request without a version gets. The one of `default` is the active version. */
@Entity('prompt_pointers')
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
