import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** The first answer to a request with this key, which is repeated byte for byte. */
@Entity('idempotency_keys')
@Index('idempotency_keys_expiry', ['expiresAt'])
@Index('idempotency_keys_execution', ['projectId', 'executionId'], { where: 'execution_id IS NOT NULL' })
export class IdempotencyKeyEntity {
  @PrimaryColumn('uuid', { name: 'project_id' })
  projectId!: string;

  @PrimaryColumn('text')
  route!: string;

  @PrimaryColumn('text')
  key!: string;

  /** SHA-256 of method, concrete path and canonical body; empty once the content is erased. */
  @Column('bytea')
  fingerprint!: Buffer;

  @Column('uuid', { name: 'execution_id', nullable: true })
  executionId!: string | null;

  /** HTTP status of the stored answer; null while the first request is in flight. */
  @Column('integer', { nullable: true })
  status!: number | null;

  @Column('bytea', { nullable: true })
  body!: Buffer | null;

  /** The headers of the stored answer that vary between answers. */
  @Column('json', { nullable: true })
  headers!: Record<string, string> | null;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'expires_at' })
  expiresAt!: Date;

  /** When the content of the execution and the stored answer were erased. */
  @Column('timestamptz', { name: 'erased_at', nullable: true })
  erasedAt!: Date | null;
}
