import { Check, Column, Entity, ForeignKey, PrimaryColumn, Unique } from 'typeorm';
import { SnippetEntity } from './snippet.entity.js';

/** One immutable text of a snippet. */
@Entity('snippet_versions')
@ForeignKey(() => SnippetEntity, ['projectId', 'snippetId'], ['projectId', 'snippetId'], {
  name: 'snippet_versions_project_id_snippet_id_fkey',
})
@Unique('snippet_versions_number', ['projectId', 'snippetId', 'versionNumber'])
@Unique('snippet_versions_checksum', ['projectId', 'snippetId', 'checksumHash'])
@Check('snippet_versions_version_number_check', 'version_number > 0')
@Check('snippet_versions_checksum_hash_check', `checksum_hash ~ '^[0-9a-f]{64}$'`)
export class SnippetVersionEntity {
  @PrimaryColumn('uuid', { name: 'project_id' })
  projectId!: string;

  @PrimaryColumn('uuid', { name: 'version_id', default: () => 'ledger_uuid7()' })
  versionId!: string;

  @Column('uuid', { name: 'snippet_id' })
  snippetId!: string;

  /** 1, 2, 3 … within the snippet, without gaps. */
  @Column('integer', { name: 'version_number' })
  versionNumber!: number;

  @Column('text', { name: 'template_source' })
  templateSource!: string;

  /** SHA-256 in lower-case hex, unique within the snippet. Covers the snippets that it uses itself. */
  @Column('text', { name: 'checksum_hash' })
  checksumHash!: string;

  @Column('text')
  renderer!: string;

  /** Names of its arguments. */
  @Column('text', { array: true })
  variables!: string[];

  @Column('text', { name: 'created_by', nullable: true })
  createdBy!: string | null;

  @Column('text', { name: 'commit_message', nullable: true })
  commitMessage!: string | null;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;
}
