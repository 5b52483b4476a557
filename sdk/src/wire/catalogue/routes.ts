/** `order`: models are tried as they are listed. `weights`: drawn by their weights, for each execution anew. */
export type RouteStrategy = 'order' | 'weights';

export interface PutRouteTarget {
  readonly provider: string;
  readonly model_name: string;
  /** The frequency with which it is tried first, beside the weights of the others: 1 to 1,000. Only with `weights`. */
  readonly weight?: number;
}

export interface PutRouteRequest {
  readonly description?: string | null;
  /** Default `order`. */
  readonly strategy?: RouteStrategy;
  /** 1 to 16, each once. */
  readonly targets: readonly PutRouteTarget[];
}

export interface RouteTarget {
  readonly provider: string;
  readonly model_name: string;
  /** Null of a route that goes by order. */
  readonly weight: number | null;
}

export interface Route {
  /** Stays when the route is replaced. */
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
  /** By name. */
  readonly routes: readonly Route[];
  readonly next_cursor: string | null;
}

export interface ListRoutesQuery {
  /** The size of a page: 1 to 200, default 50. */
  readonly limit?: number;
}
