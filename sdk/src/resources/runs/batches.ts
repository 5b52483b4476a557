import { type ApiPromise, type CallOptions, path, type Sent, type Transport } from '../../core/index.js';
import type { Batch, SubmitBatchRequest, SubmittedBatch } from '../../wire/index.js';

/** One prompt with many sets of variables. */
export class BatchesResource {
  constructor(private readonly transport: Transport) {}

  /** Submits all entries or none. */
  submit(request: Sent<SubmitBatchRequest>, options?: CallOptions): ApiPromise<SubmittedBatch> {
    return this.transport.post('/v1/executions:submit-batch', request, options);
  }

  get(batchId: string, options?: CallOptions): ApiPromise<Batch> {
    return this.transport.get(path`/v1/batches/${batchId}`, undefined, options);
  }

  /** Cancels entries that were not sent to a provider yet. */
  cancel(batchId: string, options?: CallOptions): ApiPromise<Batch> {
    return this.transport.post(path`/v1/batches/${batchId}:cancel`, undefined, options);
  }
}
