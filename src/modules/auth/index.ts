export { assertMayOver, mayOver } from './assert-may.js';
export { AuthModule } from './auth.module.js';
export { Authenticator } from './authentication/authenticator.js';
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
export { type AncestorRow, toAncestors } from './authentication/keys.repository.js';
export { KeysService } from './keys/keys.service.js';
export { newSecret } from './authentication/key-secret.js';
export { SecretHasher } from './authentication/secret-hasher.js';
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
export { type Scope, SCOPES, SCOPES_OVER_PROMPTS } from './roles/scopes.js';
export { cookieName, formatCookie, readCookie } from './sessions/cookies.js';
export { SESSION_MAX_AGE_S } from './sessions/open-session.service.js';
export { SESSION_COOKIE } from './sessions/session-authenticator.js';
export { SessionLog } from './sessions/session-log.js';
export { isSame } from './sessions/session-tokens.js';
export { assertSafeTransport, type Transport } from './sessions/transport.js';
