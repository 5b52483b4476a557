import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { ProjectEntity } from '../people/project.entity.js';

/** A text that several prompts share. Deleting it frees its name, but its versions stay. */
@Entity('snippets')
@ForeignKey(() => ProjectEntity, ['projectId'], ['projectId'], { name: 'snippets_project_id_fkey' })
@Index('snippets_live_name', ['projectId', 'name'], { unique: true, where: 'deleted_at IS NULL' })
export class SnippetEntity {
  @PrimaryColumn('uuid', { name: 'project_id' })
  projectId!: string;

  @PrimaryColumn('uuid', { name: 'snippet_id', default: () => 'ledger_uuid7()' })
  snippetId!: string;

  @Column({ type: 'text', collation: 'C' })
  name!: string;

  @Column('text', { nullable: true })
  description!: string | null;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'updated_at', default: () => 'now()' })
  updatedAt!: Date;

  @Column('timestamptz', { name: 'deleted_at', nullable: true })
  deletedAt!: Date | null;
}
