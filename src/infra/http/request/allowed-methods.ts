import type { IncomingMessage } from 'node:http';
import { isRecord } from '../is-record.js';

/**
 * Lists the methods that Express knows for a path, sorted; empty when it knows none. Nest registers one route for each method and path, so
 * the router alone cannot tell 404 from 405. Called only before a 404.
 */
export function listAllowedMethods(request: IncomingMessage, path: string): string[] {
  const methods = new Set<string>();
  for (const layer of getRouterStack(request)) {
    if (!isRecord(layer) || !isRecord(layer.route) || !isRecord(layer.route.methods)) continue;
    if (!matches(layer, path)) continue;
    for (const method of Object.keys(layer.route.methods)) methods.add(method.toUpperCase());
  }
  if (methods.has('GET')) methods.add('HEAD');
  return [...methods].sort();
}

/** Returns `request.app.router.stack`, which Express' types do not declare. */
function getRouterStack(request: object): readonly unknown[] {
  const app: unknown = 'app' in request ? request.app : null;
  // An Express application is a function with members.
  if (typeof app !== 'function' || !('router' in app)) return [];
  const { router } = app;
  return typeof router === 'function' && 'stack' in router && Array.isArray(router.stack) ? router.stack : [];
}

interface RouterLayer {
  match(path: string): boolean;
}

function matches(layer: Record<string, unknown>, path: string): boolean {
  if (typeof layer.match !== 'function') return false;
  try {
    return (layer as unknown as RouterLayer).match(path);
  } catch {
    // A malformed parameter matches no route.
    return false;
  }
}
