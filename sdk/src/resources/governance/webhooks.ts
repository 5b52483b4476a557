import { type ApiPromise, type CallOptions, path, type Transport } from '../../core/index.js';
import type { DeliveryList, RotatedWebhookSecret, WebhookSecret } from '../../wire/index.js';

/** The secret that signs callbacks, and the deliveries of callbacks. */
export class WebhooksResource {
  constructor(private readonly transport: Transport) {}

  /** Returns the project's secret; the first call creates it. */
  secret(options?: CallOptions): ApiPromise<WebhookSecret> {
    return this.transport.get('/v1/webhooks/secret', undefined, options);
  }

  /** Replaces the secret. For 24 hours callbacks also carry a signature made with the previous one. */
  rotateSecret(options?: CallOptions): ApiPromise<RotatedWebhookSecret> {
    return this.transport.post('/v1/webhooks/secret:rotate', undefined, options);
  }

  deliveriesOfExecution(executionId: string, options?: CallOptions): ApiPromise<DeliveryList> {
    return this.transport.get(path`/v1/executions/${executionId}/deliveries`, undefined, options);
  }

  deliveriesOfBatch(batchId: string, options?: CallOptions): ApiPromise<DeliveryList> {
    return this.transport.get(path`/v1/batches/${batchId}/deliveries`, undefined, options);
  }

  deliveriesOfBudget(budgetId: string, options?: CallOptions): ApiPromise<DeliveryList> {
    return this.transport.get(path`/v1/budgets/${budgetId}/deliveries`, undefined, options);
  }
}
