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

  /** The project's own base URL; null for the operator's. */
  @Column('text', { name: 'base_url', nullable: true })
  baseUrl!: string | null;

  /** The provider key, encrypted with the key inside `wrappedKey`. */
  @Column('bytea', { name: 'sealed_key' })
  sealedKey!: Buffer;

  /** Encrypted with the environment's key that `wrappedBy` identifies. */
  @Column('bytea', { name: 'wrapped_key' })
  wrappedKey!: Buffer;

  @Column('text', { name: 'wrapped_by' })
  wrappedBy!: string;

  /** Tells keys apart without revealing them. */
  @Column('text')
  fingerprint!: string;

  /** New with each put. */
  @Column('uuid', { default: () => 'ledger_uuid7()' })
  revision!: string;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'updated_at', default: () => 'now()' })
  updatedAt!: Date;
}
