export { assertMayOver } from './assert-may.js';
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
export { CreatedKeyDto, CreateKeyDto } from './keys.dto.js';
export { type AncestorRow, toAncestors } from './keys.repository.js';
export { KeysService } from './keys.service.js';
export { type Rights, rightsOver, type RightsOverTeam, roleOver } from './rights.js';
export {
  InstanceAdmin,
  Public,
  ROUTE_ACCESS,
  type RouteAccess,
  Scopes,
  ScopesOverPrompt,
} from './route-access.js';
export { isAtLeast, scopesForRole } from './roles.js';
export { type Scope, SCOPES } from './scopes.js';
