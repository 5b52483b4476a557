import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { ProjectEntity } from './project.entity.js';

/** A key that callers send. Only an HMAC of its secret is kept. */
@Entity('api_keys')
@ForeignKey(() => ProjectEntity, ['projectId'], ['projectId'], { name: 'api_keys_project_id_fkey' })
@Index('api_keys_key_id', ['keyId'], { unique: true })
export class ApiKeyEntity {
  @PrimaryColumn('uuid', { name: 'project_id' })
  projectId!: string;

  @PrimaryColumn('uuid', { name: 'key_id', default: () => 'ledger_uuid7()' })
  keyId!: string;

  @Column('text')
  name!: string;

  @Column('bytea', { name: 'secret_hmac' })
  secretHmac!: Buffer;

  @Column('text', { array: true })
  scopes!: string[];

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'expires_at', nullable: true })
  expiresAt!: Date | null;

  @Column('timestamptz', { name: 'revoked_at', nullable: true })
  revokedAt!: Date | null;

  /** Accurate to about a minute. */
  @Column('timestamptz', { name: 'last_used_at', nullable: true })
  lastUsedAt!: Date | null;
}
