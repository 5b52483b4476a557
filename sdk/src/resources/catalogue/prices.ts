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

  /** Adds a price. Of the prices valid at a time, the one that began last applies. */
  create(request: Sent<CreatePriceRequest>, options?: CallOptions): ApiPromise<Price> {
    return this.transport.post('/v1/prices', request, options);
  }

  /** `await` gives the first page, `for await` all items. */
  list(query: Sent<ListPricesQuery> = {}, options?: CallOptions): Pages<Price, PriceList> {
    return this.transport.pages('/v1/prices', 'prices', query, options);
  }

  get(priceId: string, options?: CallOptions): ApiPromise<Price> {
    return this.transport.get(path`/v1/prices/${priceId}`, undefined, options);
  }

  /** Ends a price, or sets its source. */
  put(priceId: string, request: Sent<PutPriceRequest>, options?: CallOptions): ApiPromise<Price> {
    return this.transport.put(path`/v1/prices/${priceId}`, request, options);
  }

  /** Deletes a price that was a mistake. */
  delete(priceId: string, options?: CallOptions): ApiPromise<void> {
    return this.transport.delete(path`/v1/prices/${priceId}`, options);
  }

  /** Imports the usable prices of a file. Repeating it has no further effect. */
  import(request: Sent<ImportPricesRequest>, options?: CallOptions): ApiPromise<ImportedPrices> {
    return this.transport.post('/v1/prices:import', request, options);
  }
}
