import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/index.js';
import { DeliveriesController } from './deliveries.controller.js';
import { DeliveriesRepository } from './deliveries.repository.js';
import { DeliveriesService } from './deliveries.service.js';
import { WebhookDeliverer } from './webhook-deliverer.js';
import { WebhookEventsRepository } from './webhook-events.repository.js';
import { WebhookSecretsController } from './webhook-secrets.controller.js';
import { WebhookSecretsRepository } from './webhook-secrets.repository.js';
import { WebhookSecretsService } from './webhook-secrets.service.js';
import { WebhookSender } from './webhook-sender.js';

/** Tells those who asked to be told. Only the API process needs it. */
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
