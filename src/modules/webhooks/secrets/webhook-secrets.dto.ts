import { ApiTime } from '../../../infra/http/index.js';

export class WebhookSecretDto {
  /**
   * The secret that the project's callbacks are signed with, as libraries for Standard Webhooks take it.
   * @example "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo="
   */
  secret!: string;

  /** When it was made. */
  @ApiTime()
  created_at!: string;
}

export class RotatedWebhookSecretDto extends WebhookSecretDto {
  /** Until when callbacks carry a signature by the secret before as well; null when there was none. */
  @ApiTime()
  previous_expires_at!: string | null;
}
