import { type ApiPromise, type CallOptions, path, type Sent, type Transport } from '../../core/index.js';
import type { Model, ModelList, PutModelRequest } from '../../wire/index.js';

/** The models that the project allows. */
export class ModelsResource {
  constructor(private readonly transport: Transport) {}

  list(options?: CallOptions): ApiPromise<ModelList> {
    return this.transport.get('/v1/models', undefined, options);
  }

  /** Allows a model or changes its facts. */
  put(
    provider: string,
    modelName: string,
    request: Sent<PutModelRequest> = {},
    options?: CallOptions,
  ): ApiPromise<Model> {
    return this.transport.put(path`/v1/models/${provider}/${modelName}`, request, options);
  }

  /**
   * Takes a model off the list. Its executions, prices and counts stay.
   * @throws ConflictError `MODEL_IN_USE` while routes use it
   */
  delete(provider: string, modelName: string, options?: CallOptions): ApiPromise<void> {
    return this.transport.delete(path`/v1/models/${provider}/${modelName}`, options);
  }
}
