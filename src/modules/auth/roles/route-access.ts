import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiSecurity } from '@nestjs/swagger';
import { API_KEY_SECURITY, ApiProblems, BEARER_SECURITY } from '../../../infra/http/index.js';
import type { Scope, ScopeOverPrompts } from './scopes.js';

/** The right that a route asks of its caller. */
export type RouteAccess =
  | { readonly kind: 'public' }
  | { readonly kind: 'instance' }
  | {
      readonly kind: 'key';
      readonly scopes: readonly Scope[];
      /** Set where scopes over the prompts of one team will do; the service decides, once it knows the prompt. */
      readonly orOverTeam?: true;
      /** Set where somebody will do who has signed in and is no member of any project. */
      readonly orNoProject?: true;
    };

export const ROUTE_ACCESS = 'prompt-ledger:route-access';

/** Anybody may call the route. */
export const Public = () => SetMetadata(ROUTE_ACCESS, { kind: 'public' } satisfies RouteAccess);

/** Only the admin of the instance may call the route: it is about more than one project. */
export function InstanceAdmin() {
  return applyDecorators(
    SetMetadata(ROUTE_ACCESS, { kind: 'instance' } satisfies RouteAccess),
    ApiSecurity(API_KEY_SECURITY),
    ApiSecurity(BEARER_SECURITY),
    ApiProblems(401, 403),
  );
}

/** The caller's key needs all of these scopes; with none named, any valid key will do. */
export function Scopes(...scopes: Scope[]) {
  return keyAccess({ kind: 'key', scopes });
}

/**
 * The caller's key needs all of these scopes, in the project or over the prompts of a team. For a route about one prompt, whose
 * service calls `assertMayOver` with the team that answers for it.
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
