import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiSecurity } from '@nestjs/swagger';
import { API_KEY_SECURITY, ApiProblems, BEARER_SECURITY } from '../../../infra/http/index.js';
import type { Scope, ScopeOverPrompts } from './scopes.js';

/** The right that a route requires of its caller. */
export type RouteAccess =
  | { readonly kind: 'public' }
  | { readonly kind: 'instance' }
  | {
      readonly kind: 'key';
      readonly scopes: readonly Scope[];
      /** Set if scopes over the prompts of one team suffice. The service decides, once it knows the prompt. */
      readonly orOverTeam?: true;
      /** Set if a signed-in person without any project suffices. */
      readonly orNoProject?: true;
    };

export const ROUTE_ACCESS = 'prompt-ledger:route-access';

/** Lets anybody call the route. */
export const Public = () => SetMetadata(ROUTE_ACCESS, { kind: 'public' } satisfies RouteAccess);

/** Lets only the instance admin call the route, because it concerns more than one project. */
export function InstanceAdmin() {
  return applyDecorators(
    SetMetadata(ROUTE_ACCESS, { kind: 'instance' } satisfies RouteAccess),
    ApiSecurity(API_KEY_SECURITY),
    ApiSecurity(BEARER_SECURITY),
    ApiProblems(401, 403),
  );
}

/** Requires all of these scopes of the caller's key. Without any, every valid key suffices. */
export function Scopes(...scopes: Scope[]) {
  return keyAccess({ kind: 'key', scopes });
}

/**
 * Requires all of these scopes, in the project or over the prompts of a team. For a route about one prompt, whose service calls
 * `assertMayOver` with the responsible team.
 */
export function ScopesOverPrompt(...scopes: ScopeOverPrompts[]) {
  return keyAccess({ kind: 'key', scopes, orOverTeam: true });
}

/** Lets every caller with a valid key or session call the route, including a person without a project. */
export function SignedIn() {
  return keyAccess({ kind: 'key', scopes: [], orNoProject: true });
}

function keyAccess(access: RouteAccess & { readonly kind: 'key' }) {
  const { scopes } = access;
  return applyDecorators(
    SetMetadata(ROUTE_ACCESS, access),
    ApiSecurity(API_KEY_SECURITY),
    ApiSecurity(BEARER_SECURITY),
    ApiProblems(...(scopes.length === 0 ? [401] : [401, 403])),
  );
}
