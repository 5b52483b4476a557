import { Check, Column, Entity, ForeignKey, PrimaryColumn, Unique } from 'typeorm';
import { PromptEntity } from './prompt.entity.js';

export interface StoredMessage {
  role: 'system' | 'user' | 'assistant';
  content: string;
}

/** Where in the code a text was when it was registered; null for unknown facts. */
export interface StoredRegistration {
  /** 40 or 64 hex digits. */
  commit: string | null;
  branch: string | null;
  repository: string | null;
  /** Whether the working tree had uncommitted changes. */
  dirty: boolean | null;
  file: string | null;
  /** Counts from 1. */
  line: number | null;
  /** RFC 3339, by the database's clock. */
  registered_at: string;
}

/** One immutable content of a prompt. Exactly one of `templateSource` and `messages` is set. */
@Entity('prompt_versions')
@ForeignKey(() => PromptEntity, ['projectId', 'promptId'], ['projectId', 'promptId'], {
  name: 'prompt_versions_project_id_prompt_id_fkey',
})
@Unique('prompt_versions_number', ['projectId', 'promptId', 'versionNumber'])
@Unique('prompt_versions_checksum', ['projectId', 'promptId', 'checksumHash'])
@Check('prompt_versions_version_number_check', 'version_number > 0')
@Check('prompt_versions_checksum_hash_check', `checksum_hash ~ '^[0-9a-f]{64}$'`)
@Unique('prompt_versions_of_prompt', ['projectId', 'promptId', 'versionId'])
@Check('prompt_versions_one_content', '(template_source IS NULL) <> (messages IS NULL)')
export class PromptVersionEntity {
  @PrimaryColumn('uuid', { name: 'project_id' })
  projectId!: string;

  @PrimaryColumn('uuid', { name: 'version_id', default: () => 'ledger_uuid7()' })
  versionId!: string;

  @Column('uuid', { name: 'prompt_id' })
  promptId!: string;

  /** 1, 2, 3 … within the prompt, without gaps. */
  @Column('integer', { name: 'version_number' })
  versionNumber!: number;

  @Column('text', { name: 'template_source', nullable: true })
  templateSource!: string | null;

  @Column('json', { nullable: true })
  messages!: StoredMessage[] | null;

  /** All further content of the version, which its checksum covers. */
  @Column('json', { nullable: true })
  content!: Record<string, unknown> | null;

  /** The settings that it was tried with, as they were sent. Not part of the content, and the only mutable column. */
  @Column('json', { nullable: true })
  settings!: Record<string, unknown> | null;

  /** SHA-256 in lower-case hex, unique within the prompt. */
  @Column('text', { name: 'checksum_hash' })
  checksumHash!: string;

  /** The engine and rules that always render this version. */
  @Column('text')
  renderer!: string;

  @Column('text', { array: true })
  variables!: string[];

  @Column('text', { name: 'created_by', nullable: true })
  createdBy!: string | null;

  @Column('text', { name: 'commit_message', nullable: true })
  commitMessage!: string | null;

  /** Git facts of the registration that created the version; null for a version created through the API. */
  @Column('json', { name: 'first_registration', nullable: true })
  firstRegistration!: StoredRegistration | null;

  @Column('json', { name: 'latest_registration', nullable: true })
  latestRegistration!: StoredRegistration | null;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;
}
