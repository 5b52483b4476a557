import {
  type ApiPromise,
  type CallOptions,
  type Pages,
  path,
  type Sent,
  type Transport,
} from '../../core/index.js';
import type { ListRoutesQuery, PutRouteRequest, Route, RouteList } from '../../wire/index.js';

/** Several models under one name. `model: { route: name }` selects a route. */
export class RoutesResource {
  constructor(private readonly transport: Transport) {}

  /** Creates or replaces a route, for every request sent after the answer. */
  put(name: string, request: Sent<PutRouteRequest>, options?: CallOptions): ApiPromise<Route> {
    return this.transport.put(path`/v1/routes/${name}`, request, options);
  }

  /** Ordered by name. `await` gives the first page, `for await` all items. */
  list(query: Sent<ListRoutesQuery> = {}, options?: CallOptions): Pages<Route, RouteList> {
    return this.transport.pages('/v1/routes', 'routes', query, options);
  }

  get(name: string, options?: CallOptions): ApiPromise<Route> {
    return this.transport.get(path`/v1/routes/${name}`, undefined, options);
  }

  delete(name: string, options?: CallOptions): ApiPromise<void> {
    return this.transport.delete(path`/v1/routes/${name}`, options);
  }
}
