import type { IncomingMessage } from 'node:http';

/** The route that Express leaves on a request that it has matched. */
interface RoutedRequest {
  route?: { readonly path?: unknown };
}

/** Says which route answers, for whoever answers without Express. */
export function setRoute(request: IncomingMessage, route: { readonly path: string }): void {
  (request as RoutedRequest).route = route;
}

/** The pattern of the route that has taken the request; null when none has. */
export function getRoute(request: IncomingMessage): string | null {
  const path = (request as RoutedRequest).route?.path;
  return typeof path === 'string' ? path : null;
}
