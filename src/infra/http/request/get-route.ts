import type { IncomingMessage } from 'node:http';

/** The route that Express leaves on a request that it has matched. */
interface RoutedRequest {
  route?: { readonly path?: unknown };
}

/** Records the route that answers a request without Express. */
export function setRoute(request: IncomingMessage, route: { readonly path: string }): void {
  (request as RoutedRequest).route = route;
}

/** Returns the pattern of the route that handles the request; null when none does. */
export function getRoute(request: IncomingMessage): string | null {
  const path = (request as RoutedRequest).route?.path;
  return typeof path === 'string' ? path : null;
}
