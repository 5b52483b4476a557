export { assertMayOver, mayOver } from './roles/assert-may.js';
export { AuthModule } from './auth.module.js';
export { Authenticator } from './authenticator.js';
export {
  type AuthenticatedRequest,
  type AuthorizedActor,
  type Caller,
  CurrentCaller,
  type KeyAncestor,
  type KeyRateLimits,
} from './caller.js';
export { ForbiddenError, UserNotFoundError } from './errors.js';
export { CreatedKeyDto, CreateKeyDto } from './keys/keys.dto.js';
export { type AncestorRow, toAncestors } from './keys/keys.repository.js';
export { KeysService } from './keys/keys.service.js';
export { type Rights, rightsOver, type RightsOverTeam, roleOver } from './roles/rights.js';
export {
  InstanceAdmin,
  Public,
  ROUTE_ACCESS,
  type RouteAccess,
  Scopes,
  ScopesOverPrompt,
} from './roles/route-access.js';
export { isAtLeast, scopesForRole } from './roles/roles.js';
export { type Scope, SCOPES } from './roles/scopes.js';
