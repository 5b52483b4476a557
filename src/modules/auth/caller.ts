import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import type { Actor } from '../audit/index.js';
import type { Rights } from './roles/rights.js';

/** What a key may use up a minute: 0 for no limit, null for the default of the environment. */
export interface KeyRateLimits {
  readonly requestsPerMinute: number | null;
  readonly tokensPerMinute: number | null;
}

/** A key that another one comes from. What comes from it uses up its limits, too. */
export interface KeyAncestor {
  readonly keyId: string;
  readonly rateLimits: KeyRateLimits;
}

/** An actor, and what they may do. */
export interface AuthorizedActor extends Actor, Rights {}

/** The caller of a request. Each request has an object of its own. */
export interface Caller extends AuthorizedActor {
  readonly rateLimits: KeyRateLimits;
  /** In no order; empty for a key that an admin made, and for the admin. */
  readonly ancestors: readonly KeyAncestor[];
}

export interface AuthenticatedRequest extends Request {
  caller?: Caller;
}

/** The caller of the request, as the guard found it. */
export const CurrentCaller = createParamDecorator((_: unknown, context: ExecutionContext): Caller => {
  const { caller } = context.switchToHttp().getRequest<AuthenticatedRequest>();
  if (caller === undefined) throw new Error('a public route has no caller');
  return caller;
});
