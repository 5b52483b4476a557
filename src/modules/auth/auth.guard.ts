import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { assertMaySomewhere } from './assert-may.js';
import { assertScopes, Authenticator } from './authentication/authenticator.js';
import type { AuthenticatedRequest, Caller } from './caller.js';
import { ForbiddenError } from './errors.js';
import { ROUTE_ACCESS, type RouteAccess } from './roles/route-access.js';
import { NoProjectError } from './sessions/errors.js';
import { SessionAuthenticator } from './sessions/session-authenticator.js';

const NOTHING: Pick<RouteAccess & { readonly kind: 'key' }, 'scopes' | 'orOverTeam'> = { scopes: [] };

/** Denies access unless the route declares who may call it. A route that declares nothing is closed. */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly authenticator: Authenticator,
    private readonly sessions: SessionAuthenticator,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const targets = [context.getHandler(), context.getClass()];
    const access = this.reflector.getAllAndOverride<RouteAccess | undefined>(ROUTE_ACCESS, targets);
    if (access?.kind === 'public') return true;
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    const caller = await this.findCaller(request, access);
    if (caller === null) return true;
    if (access === undefined) throw new ForbiddenError([], 'This route is closed: it declares no scopes.');
    if (access.kind === 'instance' && caller.kind !== 'instance') {
      throw new ForbiddenError(
        [],
        'This call is for the admin of the instance; it needs the key in API_KEY.',
      );
    }
    request.caller = caller;
    return true;
  }

  /** @returns null for a person without a project, if the route allows that. */
  private async findCaller(
    request: AuthenticatedRequest,
    access: RouteAccess | undefined,
  ): Promise<Caller | null> {
    const { scopes, orOverTeam = false } = access?.kind === 'key' ? access : NOTHING;
    if (!this.sessions.carriesSession(request)) {
      return this.authenticator.authorize(request.headers, request.ip ?? null, scopes, orOverTeam);
    }
    const { caller, session } = await this.sessions.authenticate(request);
    request.session = session;
    if (caller !== null) {
      if (orOverTeam) assertMaySomewhere(caller, scopes);
      else assertScopes(caller, scopes);
      return caller;
    }
    if (access?.kind === 'key' && access.orNoProject === true) return null;
    throw new NoProjectError();
  }
}
