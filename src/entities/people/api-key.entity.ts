import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import type { Role } from './member.entity.js';
import { ProjectEntity } from './project.entity.js';
import { UserEntity } from './user.entity.js';

/** A key that callers send. Only the HMAC of its secret is stored. */
@Entity('api_keys')
@ForeignKey(() => ProjectEntity, ['projectId'], ['projectId'], { name: 'api_keys_project_id_fkey' })
@ForeignKey(() => UserEntity, ['userId'], ['userId'], { name: 'api_keys_user_id_fkey' })
@Check('api_keys_role_check', `role IN ('viewer', 'runner', 'editor', 'approver', 'admin')`)
@Check('api_keys_requests_per_minute_check', 'requests_per_minute >= 0')
@Check('api_keys_tokens_per_minute_check', 'tokens_per_minute >= 0')
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

  /** The key's own limit: 0 for none, null for the default of the environment variables. */
  @Column('integer', { name: 'requests_per_minute', nullable: true })
  requestsPerMinute!: number | null;

  /** Works like `requestsPerMinute`. */
  @Column('integer', { name: 'tokens_per_minute', nullable: true })
  tokensPerMinute!: number | null;

  /** The keys that created it, each created by the next; empty if an admin created it. */
  @Column('uuid', { array: true, default: () => "'{}'" })
  ancestors!: string[];

  /** The user that owns the key; null for a key without a user. */
  @Column('uuid', { name: 'user_id', nullable: true })
  userId!: string | null;

  /** The role whose scopes the key has; null for a key with its own scopes. */
  @Column('text', { nullable: true })
  role!: Role | null;

  /** The principal that created it: `instance`, `user:<id>` or `key:<id>`. */
  @Column('text', { name: 'made_by', default: 'instance' })
  madeBy!: string;

  /** The hash of the secret before the last rotation, valid until `previousUntil`. */
  @Column('bytea', { name: 'previous_secret_hmac', nullable: true })
  previousSecretHmac!: Buffer | null;

  @Column('timestamptz', { name: 'previous_until', nullable: true })
  previousUntil!: Date | null;
}
