import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import { UserEntity } from './user.entity.js';

/** A `person` signed in with an identity provider, the others with a key of a project or of the instance. */
export type SessionKind = 'person' | 'key' | 'instance';

/** A browser's session. Only the HMAC of its token is stored. */
@Entity('sessions')
@ForeignKey(() => UserEntity, ['userId'], ['userId'], { name: 'sessions_user_id_fkey' })
@Unique('sessions_token', ['tokenHmac'])
@Unique('sessions_sign_in', ['signInHash'])
@Index('sessions_expiry', ['expiresAt'])
@Index('sessions_user', ['userId'], { where: 'user_id IS NOT NULL' })
@Check('sessions_kind_check', `kind IN ('person', 'key', 'instance')`)
@Check(
  'sessions_subject',
  `CASE kind WHEN 'person' THEN user_id IS NOT NULL AND key_id IS NULL AND credential_hmac IS NULL
    WHEN 'key' THEN key_id IS NOT NULL AND credential_hmac IS NOT NULL ELSE credential_hmac IS NOT NULL END`,
)
export class SessionEntity {
  @PrimaryColumn('uuid', { name: 'session_id', default: () => 'ledger_uuid7()' })
  sessionId!: string;

  @Column('text')
  kind!: SessionKind;

  @Column('bytea', { name: 'token_hmac' })
  tokenHmac!: Buffer;

  /** The person; null for a session that a key opened. */
  @Column('uuid', { name: 'user_id', nullable: true })
  userId!: string | null;

  /** The key that opened it; null for a person and for the instance. */
  @Column('uuid', { name: 'key_id', nullable: true })
  keyId!: string | null;

  /** The digest of the secret that opened it. The session ends when the secret does. */
  @Column('bytea', { name: 'credential_hmac', nullable: true })
  credentialHmac!: Buffer | null;

  /** Identifies the identity provider's answer that opened the session. */
  @Column('bytea', { name: 'sign_in_hash', nullable: true })
  signInHash!: Buffer | null;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;

  /** Accurate to about a minute. */
  @Column('timestamptz', { name: 'last_used_at', default: () => 'now()' })
  lastUsedAt!: Date;

  @Column('timestamptz', { name: 'expires_at' })
  expiresAt!: Date;

  @Column('timestamptz', { name: 'ended_at', nullable: true })
  endedAt!: Date | null;
}
