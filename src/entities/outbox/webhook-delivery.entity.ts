import { Check, Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { OutboxEventEntity } from './outbox-event.entity.js';

/** One attempt to deliver an event, written when it ends. */
@Entity('webhook_deliveries')
@ForeignKey(() => OutboxEventEntity, ['projectId', 'eventId'], ['projectId', 'eventId'], {
  name: 'webhook_deliveries_project_id_event_id_fkey',
  onDelete: 'CASCADE',
})
@Check('webhook_deliveries_attempt_check', `attempt > 0`)
@Check('webhook_deliveries_outcome_check', `outcome IN ('succeeded', 'failed')`)
export class WebhookDeliveryEntity {
  @PrimaryColumn('uuid', { name: 'project_id' })
  projectId!: string;

  @PrimaryColumn('uuid', { name: 'event_id' })
  eventId!: string;

  /** 1, 2, 3 …; a missing number belongs to a process that died before it could report. */
  @PrimaryColumn('integer')
  attempt!: number;

  @Column('text')
  outcome!: 'succeeded' | 'failed';

  /** The receiver's status code; null when there was no answer. */
  @Column('integer', { name: 'response_status', nullable: true })
  responseStatus!: number | null;

  @Column('text', { nullable: true })
  error!: string | null;

  @Column('timestamptz', { name: 'started_at' })
  startedAt!: Date;

  @Column('integer', { name: 'duration_ms' })
  durationMs!: number;
}
