import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Who changed what. Append-only for the application. */
@Entity('audit_log')
export class AuditEntryEntity {
  @PrimaryColumn('uuid', { name: 'project_id' })
  projectId!: string;

  @PrimaryColumn('uuid', { name: 'audit_id', default: () => 'ledger_uuid7()' })
  auditId!: string;

  /** The key's name, or `admin`. */
  @Column('text')
  actor!: string;

  /** The caller's address. */
  @Column('text', { nullable: true })
  origin!: string | null;

  @Column('uuid', { name: 'key_id', nullable: true })
  keyId!: string | null;

  /** Such as `prompt.put`. */
  @Column('text')
  action!: string;

  /** Such as `prompt/doc_summarizer`. */
  @Column('text')
  subject!: string;

  @Column('json', { nullable: true })
  before!: object | null;

  @Column('json', { nullable: true })
  after!: object | null;

  @Column('timestamptz', { default: () => 'now()' })
  at!: Date;
}
