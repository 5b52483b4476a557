import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { SnippetVersionEntity } from './snippet-version.entity.js';

/** The use of a snippet's version by a version of a prompt or of another snippet. Append-only for the application. */
@Entity('snippet_pins')
@ForeignKey(() => SnippetVersionEntity, ['projectId', 'snippetVersionId'], ['projectId', 'versionId'], {
  name: 'snippet_pins_project_id_snippet_version_id_fkey',
})
@Index('snippet_pins_user', ['projectId', 'usedByVersionId'])
export class SnippetPinEntity {
  @PrimaryColumn('uuid', { name: 'project_id' })
  projectId!: string;

  @PrimaryColumn('uuid', { name: 'snippet_version_id' })
  snippetVersionId!: string;

  @PrimaryColumn('uuid', { name: 'used_by_version_id' })
  usedByVersionId!: string;

  /** Whether that is a version of a snippet; else it is one of a prompt. */
  @Column('boolean', { name: 'by_snippet' })
  bySnippet!: boolean;

  /** Whether its own text names the snippet; else it comes with another one. */
  @Column('boolean', { name: 'is_direct' })
  isDirect!: boolean;
}
