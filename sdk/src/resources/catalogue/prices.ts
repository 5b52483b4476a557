import {
  type ApiPromise,
  type CallOptions,
  type Pages,
  path,
  type Sent,
  type Transport,
} from '../../core/index.js';
import type {
  CreatePriceRequest,
  ImportedPrices,
  ImportPricesRequest,
  ListPricesQuery,
  Price,
  PriceList,
  PutPriceRequest,
} from '../../wire/index.js';

/** Prices of models. */
export class PricesResource {
  constructor(private readonly transport: Transport) {}

  /** The price that began last counts, among those that are valid at a time. */
  create(request: Sent<CreatePriceRequest>, options?: CallOptions): ApiPromise<Price> {
    return this.transport.post('/v1/prices', request, options);
  }

  /** `await` for the first page, `for await` for all. */
  list(query: Sent<ListPricesQuery> = {}, options?: CallOptions): Pages<Price, PriceList> {
    return this.transport.pages('/v1/prices', 'prices', query, options);
  }

  get(priceId: string, options?: CallOptions): ApiPromise<Price> {
    return this.transport.get(path`/v1/prices/${priceId}`, undefined, options);
  }

  /** Ends it, or says where it comes from. */
  put(priceId: string, request: Sent<PutPriceRequest>, options?: CallOptions): ApiPromise<Price> {
    return this.transport.put(path`/v1/prices/${priceId}`, request, options);
  }

  /** For one that was a mistake. */
  delete(priceId: string, options?: CallOptions): ApiPromise<void> {
    return this.transport.delete(path`/v1/prices/${priceId}`, options);
  }

  /** Takes what it can of a file of prices; again: the same. */
  import(request: Sent<ImportPricesRequest>, options?: CallOptions): ApiPromise<ImportedPrices> {
    return this.transport.post('/v1/prices:import', request, options);
  }
}
