import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/index.js';
import { DeliveriesController } from './deliveries/deliveries.controller.js';
import { DeliveriesRepository } from './deliveries/deliveries.repository.js';
import { DeliveriesService } from './deliveries/deliveries.service.js';
import { WebhookDeliverer } from './sending/webhook-deliverer.js';
import { WebhookEventsRepository } from './sending/webhook-events.repository.js';
import { WebhookSecretsController } from './secrets/webhook-secrets.controller.js';
import { WebhookSecretsRepository } from './secrets/webhook-secrets.repository.js';
import { WebhookSecretsService } from './secrets/webhook-secrets.service.js';
import { WebhookSender } from './sending/webhook-sender.js';

/** Delivers webhooks. Only the API process needs them. */
@Module({
  imports: [AuditModule],
  controllers: [DeliveriesController, WebhookSecretsController],
  providers: [
    DeliveriesRepository,
    DeliveriesService,
    WebhookDeliverer,
    WebhookEventsRepository,
    WebhookSecretsRepository,
    WebhookSecretsService,
    WebhookSender,
  ],
})
export class WebhooksModule {}
