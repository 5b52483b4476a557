/** `order`: models are tried in the listed order. `weights`: drawn by weight for each execution. */
export type RouteStrategy = 'order' | 'weights';

export interface PutRouteTarget {
  readonly provider: string;
  readonly model_name: string;
  /** How often the model is tried first, relative to the other weights: 1 to 1,000. Only with `weights`. */
  readonly weight?: number;
}

export interface PutRouteRequest {
  readonly description?: string | null;
  /** Default `order`. */
  readonly strategy?: RouteStrategy;
  /** 1 to 16 distinct models. */
  readonly targets: readonly PutRouteTarget[];
}

export interface RouteTarget {
  readonly provider: string;
  readonly model_name: string;
  /** Null in a route that goes by order. */
  readonly weight: number | null;
}

export interface Route {
  /** Stays the same when the route is replaced. */
  readonly route_id: string;
  readonly name: string;
  readonly description: string | null;
  readonly strategy: RouteStrategy;
  readonly targets: readonly RouteTarget[];
  readonly created_by: string | null;
  readonly created_at: string;
  readonly updated_at: string;
}

export interface RouteList {
  /** Ordered by name. */
  readonly routes: readonly Route[];
  readonly next_cursor: string | null;
}

export interface ListRoutesQuery {
  /** The size of a page: 1 to 200, default 50. */
  readonly limit?: number;
}
