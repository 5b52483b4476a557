import { ApiProperty } from '@nestjs/swagger';
import { ApiId, ApiInteger, ApiTime } from '../../../infra/http/index.js';

/** Every event that a webhook is sent; `docs/webhooks.md` describes them. */
export const EVENT_TYPES = [
  'execution.succeeded',
  'execution.failed',
  'execution.canceled',
  'batch.completed',
  'budget.threshold',
  'rollout.started',
  'rollout.advanced',
  'rollout.paused',
  'rollout.resumed',
  'rollout.stopped',
  'rollout.rolled_back',
  'rollout.completed',
  'change.emergency',
] as const;
const STATUSES = ['pending', 'delivered', 'failed'] as const;
const ATTEMPT_STATUSES = ['succeeded', 'failed'] as const;

export class DeliveryAttemptDto {
  /** 1, 2, 3 … A number that is missing belongs to a process that did not live to report on it. */
  @ApiInteger()
  attempt!: number;

  /** `succeeded`: the receiver answered 2xx. */
  @ApiProperty({ enum: ATTEMPT_STATUSES })
  status!: (typeof ATTEMPT_STATUSES)[number];

  /** The receiver's status code; null when there was no answer. */
  @ApiInteger()
  response_status!: number | null;

  /** The error in one sentence; null when there was none. */
  error!: string | null;

  /** When it began. */
  @ApiTime()
  started_at!: string;

  /** Milliseconds it took. */
  @ApiInteger()
  duration_ms!: number;
}

export class DeliveryDto {
  /** Id of the event: the header `webhook-id` of every attempt. */
  @ApiId()
  event_id!: string;

  /** The event's type. */
  @ApiProperty({ enum: EVENT_TYPES })
  event_type!: string;

  /** The URL that is notified. */
  url!: string;

  /** `pending`: it will be tried, again or at all; `failed`: it will not be any more. */
  @ApiProperty({ enum: STATUSES })
  status!: (typeof STATUSES)[number];

  /** When it happened. */
  @ApiTime()
  created_at!: string;

  /** When its delivery was over; null while it is pending. */
  @ApiTime()
  completed_at!: string | null;

  /** When it is tried next, unless the attempt under way succeeds; null when it is over. */
  @ApiTime()
  next_attempt_at!: string | null;

  /** Every attempt that came to an end, in order. */
  attempts!: DeliveryAttemptDto[];
}

export class DeliveryListDto {
  /** The deliveries of the event, oldest first; empty while there are none, or no receiver. */
  deliveries!: DeliveryDto[];
}
