import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { SnippetVersionEntity } from './snippet-version.entity.js';

/** Records that a version of a prompt or snippet uses a version of a snippet. Append-only for the application. */
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

  /** True when a snippet's version uses it, false when a prompt's does. */
  @Column('boolean', { name: 'by_snippet' })
  bySnippet!: boolean;

  /** True when the version's own text names the snippet, false when it comes through another one. */
  @Column('boolean', { name: 'is_direct' })
  isDirect!: boolean;
}
