import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { assertMaySomewhere } from './roles/assert-may.js';
import { Authenticator } from './authenticator.js';
import type { AuthenticatedRequest } from './caller.js';
import { ForbiddenError } from './errors.js';
import { ROUTE_ACCESS, type RouteAccess } from './roles/route-access.js';

/** Denies unless the route says who may call it: a route that declares nothing is closed. */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly authenticator: Authenticator,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const targets = [context.getHandler(), context.getClass()];
    const access = this.reflector.getAllAndOverride<RouteAccess | undefined>(ROUTE_ACCESS, targets);
    if (access?.kind === 'public') return true;
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    const caller = await this.authenticator.authorize(
      request.headers,
      request.ip ?? null,
      access?.kind === 'key' && access.orOverTeam !== true ? access.scopes : [],
    );
    if (access === undefined) throw new ForbiddenError([], 'This route is closed: it declares no scopes.');
    if (access.kind === 'instance' && caller.kind !== 'instance') {
      throw new ForbiddenError(
        [],
        'This call is for the admin of the instance; it needs the key in API_KEY.',
      );
    }
    if (access.kind === 'key' && access.orOverTeam === true) assertMaySomewhere(caller, access.scopes);
    request.caller = caller;
    return true;
  }
}
