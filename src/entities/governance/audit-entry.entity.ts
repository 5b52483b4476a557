import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** Records who changed what. Append-only for the application. */
@Entity('audit_log')
@Index('audit_log_by_actor', ['projectId', 'actor', 'auditId'])
@Index('audit_log_by_action', ['projectId', 'action', 'auditId'])
@Index('audit_log_by_subject', ['projectId', 'subject', 'auditId'])
@Index('audit_log_by_subject_id', ['projectId', 'subjectId', 'auditId'], { where: 'subject_id IS NOT NULL' })
@Index('audit_log_by_user', ['projectId', 'userId', 'auditId'], { where: 'user_id IS NOT NULL' })
@Index('audit_log_by_key', ['projectId', 'keyId', 'auditId'], { where: 'key_id IS NOT NULL' })
@Check('audit_log_actor_kind_check', `actor_kind IN ('person', 'service', 'key', 'instance')`)
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

  /** For example `prompt.put`. */
  @Column('text')
  action!: string;

  /** For example `prompt/doc_summarizer`. */
  @Column('text')
  subject!: string;

  @Column('json', { nullable: true })
  before!: object | null;

  @Column('json', { nullable: true })
  after!: object | null;

  @Column('timestamptz', { default: () => 'now()' })
  at!: Date;

  /** Null in entries older than user accounts. */
  @Column('text', { name: 'actor_kind', nullable: true })
  actorKind!: 'person' | 'service' | 'key' | 'instance' | null;

  @Column('uuid', { name: 'user_id', nullable: true })
  userId!: string | null;

  /** The id of the changed object, if it has one. */
  @Column('text', { name: 'subject_id', nullable: true })
  subjectId!: string | null;

  /** The actor's comment. */
  @Column('text', { nullable: true })
  reason!: string | null;
}
