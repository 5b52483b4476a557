export { AuthModule } from './auth.module.js';
export { Authenticator } from './authenticator.js';
export {
  type AuthenticatedRequest,
  type Caller,
  CurrentCaller,
  type KeyAncestor,
  type KeyRateLimits,
} from './caller.js';
export { type AncestorRow, toAncestors } from './keys.repository.js';
export { ForbiddenError } from './errors.js';
export { Public, ROUTE_ACCESS, type RouteAccess, Scopes } from './route-access.js';
export { isAtLeast, scopesForRole } from './roles.js';
export { type Scope, SCOPES } from './scopes.js';
