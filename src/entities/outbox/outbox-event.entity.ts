import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** An event to announce, written in the transaction of the change. */
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

  /** When delivery is due, by the database's clock. During a delivery, the end of its lease. */
  @Column('timestamptz', { name: 'due_at', nullable: true })
  dueAt!: Date | null;

  /** Rises with each claim; the holder of an older number has lost the event. */
  @Column('integer', { default: 0 })
  attempts!: number;

  /** The result of the delivery; null before. */
  @Column('text', { nullable: true })
  outcome!: 'delivered' | 'failed' | null;
}
