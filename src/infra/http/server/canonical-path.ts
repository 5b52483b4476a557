import type { Request } from 'express';
import { getPath } from '../problems/problem.js';

/** A piece of an Express pattern: an escaped character, a parameter, or a wildcard. */
const PIECE = /\\(.)|:([\p{ID_Start}$_][\p{ID_Continue}$]*)|\*([\p{ID_Start}$_][\p{ID_Continue}$]*)/gu;

/**
 * Returns the path of the route that a request matched, with its parameters filled in. It is the same however the client spelt the path:
 * Express accepts either case, a trailing slash, unnecessary percent-encoding, and a whole URL.
 */
export function getCanonicalPath(request: Request): string {
  const route: unknown = request.route;
  const pattern: unknown = typeof route === 'object' && route !== null ? Reflect.get(route, 'path') : null;
  if (typeof pattern !== 'string') return getPath(request);
  const params: Readonly<Record<string, unknown>> = request.params;
  return pattern.replace(PIECE, (_piece, escaped?: string, name?: string, wildcard?: string) => {
    if (escaped !== undefined) return escaped;
    const value = params[name ?? wildcard ?? ''];
    const parts: readonly unknown[] = Array.isArray(value) ? value : [value];
    return parts.map((part) => encodeURIComponent(String(part))).join('/');
  });
}
