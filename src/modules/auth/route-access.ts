import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiSecurity } from '@nestjs/swagger';
import { API_KEY_SECURITY, ApiProblems, BEARER_SECURITY } from '../../infra/http/index.js';
import type { Scope } from './scopes.js';

/** What a route asks of its caller. */
export type RouteAccess =
  { readonly kind: 'public' } | { readonly kind: 'key'; readonly scopes: readonly Scope[] };

export const ROUTE_ACCESS = 'prompt-ledger:route-access';

/** Anybody may call the route. */
export const Public = () => SetMetadata(ROUTE_ACCESS, { kind: 'public' } satisfies RouteAccess);

/** The caller's key needs all of these scopes; with none named, any valid key will do. */
export function Scopes(...scopes: Scope[]) {
  return applyDecorators(
    SetMetadata(ROUTE_ACCESS, { kind: 'key', scopes } satisfies RouteAccess),
    ApiSecurity(API_KEY_SECURITY),
    ApiSecurity(BEARER_SECURITY),
    ApiProblems(...(scopes.length === 0 ? [401] : [401, 403])),
  );
}
