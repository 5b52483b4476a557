/** The secret that signs a project's callbacks. */
export interface WebhookSecret {
  /** The secret in the form that libraries for Standard Webhooks expect: `whsec_…`. */
  readonly secret: string;
  readonly created_at: string;
}

export interface RotatedWebhookSecret extends WebhookSecret {
  /** When callbacks stop carrying a second signature made with the previous secret; null if there was none. */
  readonly previous_expires_at: string | null;
}

export interface DeliveryAttempt {
  /** Counts 1, 2, 3 … */
  readonly attempt: number;
  readonly status: 'succeeded' | 'failed';
  /** Null when there was no answer. */
  readonly response_status: number | null;
  readonly error: string | null;
  readonly started_at: string;
  readonly duration_ms: number;
}

export interface Delivery {
  /** The header `webhook-id` of every attempt. */
  readonly event_id: string;
  readonly event_type: string;
  readonly url: string;
  /** `failed` means that there are no further attempts. */
  readonly status: 'pending' | 'delivered' | 'failed';
  readonly created_at: string;
  readonly completed_at: string | null;
  readonly next_attempt_at: string | null;
  readonly attempts: readonly DeliveryAttempt[];
}

export interface DeliveryList {
  readonly deliveries: readonly Delivery[];
}
