import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { ProjectEntity } from './project.entity.js';

/** A project's own key for a provider, sealed. */
@Entity('project_secrets')
@ForeignKey(() => ProjectEntity, ['projectId'], ['projectId'], { name: 'project_secrets_project_id_fkey' })
export class ProjectSecretEntity {
  @PrimaryColumn('uuid', { name: 'project_id' })
  projectId!: string;

  @PrimaryColumn('text', { collation: 'C' })
  provider!: string;

  /** The origin that the key may be sent to: scheme, host and port. */
  @Column('text')
  origin!: string;

  /** The project's own address; null for that of the operator. */
  @Column('text', { name: 'base_url', nullable: true })
  baseUrl!: string | null;

  /** The key, encrypted by the key inside `wrappedKey`. */
  @Column('bytea', { name: 'sealed_key' })
  sealedKey!: Buffer;

  /** Encrypted by the key of the environment that `wrappedBy` identifies. */
  @Column('bytea', { name: 'wrapped_key' })
  wrappedKey!: Buffer;

  @Column('text', { name: 'wrapped_by' })
  wrappedBy!: string;

  /** Tells keys apart without giving them away. */
  @Column('text')
  fingerprint!: string;

  /** Another one with each put. */
  @Column('uuid', { default: () => 'ledger_uuid7()' })
  revision!: string;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'updated_at', default: () => 'now()' })
  updatedAt!: Date;
}
