import { ApiProperty } from '@nestjs/swagger';
import { ApiId, ApiInteger, ApiTime } from '../../../infra/http/index.js';

/** Every event type that webhooks receive; described in `docs/webhooks.md`. */
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
  /** Number of the attempt: 1, 2, 3 … A missing number belongs to a process that died before it could report. */
  @ApiInteger()
  attempt!: number;

  /** `succeeded` means that the receiver answered 2xx. */
  @ApiProperty({ enum: ATTEMPT_STATUSES })
  status!: (typeof ATTEMPT_STATUSES)[number];

  /** The receiver's status code; null when there was no answer. */
  @ApiInteger()
  response_status!: number | null;

  /** The error in one sentence; null when there was none. */
  error!: string | null;

  /** When the attempt began. */
  @ApiTime()
  started_at!: string;

  /** Duration in milliseconds. */
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

  /** `pending`: it will be tried, or retried; `failed`: it will not be tried again. */
  @ApiProperty({ enum: STATUSES })
  status!: (typeof STATUSES)[number];

  /** When the event happened. */
  @ApiTime()
  created_at!: string;

  /** When its delivery ended; null while it is pending. */
  @ApiTime()
  completed_at!: string | null;

  /** When it is next tried, unless the current attempt succeeds; null when delivery has ended. */
  @ApiTime()
  next_attempt_at!: string | null;

  /** Every completed attempt, in order. */
  attempts!: DeliveryAttemptDto[];
}

export class DeliveryListDto {
  /** The deliveries of the event, oldest first. Empty if there are none yet, or no receiver. */
  deliveries!: DeliveryDto[];
}
