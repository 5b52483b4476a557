import { ApiTime } from '../../../infra/http/index.js';

export class WebhookSecretDto {
  /**
   * The secret that signs the project's callbacks, in the form that libraries for Standard Webhooks accept.
   * @example "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo="
   */
  secret!: string;

  /** When the secret was created. */
  @ApiTime()
  created_at!: string;
}

export class RotatedWebhookSecretDto extends WebhookSecretDto {
  /** Until when callbacks also carry a signature by the previous secret; null if there was none. */
  @ApiTime()
  previous_expires_at!: string | null;
}
