import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { ProjectEntity } from '../people/project.entity.js';

/** `full`: the text is managed here. `tracking`: it is in application code, and the ledger follows it. */
export type PromptMode = 'full' | 'tracking';
export type PromptKind = 'text' | 'chat';

/** A prompt. Its name is unique among the project's live prompts. */
@Entity('prompts')
@ForeignKey(() => ProjectEntity, ['projectId'], ['projectId'], { name: 'prompts_project_id_fkey' })
@Index('prompts_live_name', ['projectId', 'name'], { unique: true, where: 'deleted_at IS NULL' })
@Index('prompts_name', ['projectId', 'name'])
@Index('prompts_revision', ['projectId', 'registryRevision'])
@Index('prompts_live_change', { synchronize: false })
@Check('prompts_mode_check', `mode IN ('full', 'tracking')`)
@Check('prompts_kind_check', `kind IN ('text', 'chat')`)
export class PromptEntity {
  @PrimaryColumn('uuid', { name: 'project_id' })
  projectId!: string;

  @PrimaryColumn('uuid', { name: 'prompt_id', default: () => 'ledger_uuid7()' })
  promptId!: string;

  /** Collated "C", so that a prefix search is a range of the index. */
  @Column({ type: 'text', collation: 'C' })
  name!: string;

  @Column('text')
  mode!: PromptMode;

  @Column('text')
  kind!: PromptKind;

  @Column('text', { nullable: true })
  description!: string | null;

  @Column('text', { name: 'owner_team', nullable: true })
  ownerTeam!: string | null;

  @Column('text', { array: true, default: '{}' })
  tags!: string[];

  /** The project's revision of its last change. A bigint, which the driver returns as text. */
  @Column('bigint', { name: 'registry_revision', default: 0 })
  registryRevision!: string;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'updated_at', default: () => 'now()' })
  updatedAt!: Date;

  /** When its code base reported that it no longer contains this tracked prompt; null while it does. */
  @Column('timestamptz', { name: 'retired_at', nullable: true })
  retiredAt!: Date | null;

  @Column('timestamptz', { name: 'deleted_at', nullable: true })
  deletedAt!: Date | null;
}
