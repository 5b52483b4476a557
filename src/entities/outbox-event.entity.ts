import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** What others must hear of, written in the transaction of the change. */
@Entity('outbox')
@Index('outbox_undone', ['eventId'], { where: 'done_at IS NULL' })
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
}
