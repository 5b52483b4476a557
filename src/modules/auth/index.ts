export { AuthModule } from './auth.module.js';
export { Authenticator } from './authenticator.js';
export { type Caller, CurrentCaller } from './caller.js';
export { Public, ROUTE_ACCESS, type RouteAccess, Scopes } from './route-access.js';
export { type Scope, SCOPES } from './scopes.js';
