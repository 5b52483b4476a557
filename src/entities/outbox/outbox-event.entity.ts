import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** Events to announce, written in the transaction of the change. */
@Entity('outbox')
@Index('outbox_due', ['projectId', 'dueAt', 'eventId'], { where: 'done_at IS NULL AND due_at IS NOT NULL' })
@Index('outbox_by_subject', ['projectId', 'subject', 'eventId'])
@Index('outbox_done', ['doneAt'], { where: 'done_at IS NOT NULL' })
@Check('outbox_outcome_check', `outcome IN ('delivered', 'failed')`)
export class OutboxEventEntity {
  @PrimaryColumn('uuid', { name: 'project_id' })
  projectId!: string;

  @PrimaryColumn('uuid', { name: 'event_id', default: () => 'ledger_uuid7()' })
  eventId!: string;

  @Column('text')
  kind!: string;

  @Column('text')
  subject!: string;

  @Column('json')
  body!: Record<string, unknown>;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'done_at', nullable: true })
  doneAt!: Date | null;

  /** When it is to be delivered, by the database's clock; while it is being delivered, when its lease ends. */
  @Column('timestamptz', { name: 'due_at', nullable: true })
  dueAt!: Date | null;

  /** Rises with each claim; who holds an older one has lost the event. */
  @Column('integer', { default: 0 })
  attempts!: number;

  /** The result of its delivery; null before. */
  @Column('text', { nullable: true })
  outcome!: 'delivered' | 'failed' | null;
}
