import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import type { Actor } from '../audit/index.js';
import type { Scope } from './scopes.js';

/** What a key may use up a minute: 0 for no limit, null for the default of the environment. */
export interface KeyRateLimits {
  readonly requestsPerMinute: number | null;
  readonly tokensPerMinute: number | null;
}

/** Who sent a request, and what they may do. Each request has an object of its own. */
export interface Caller extends Actor {
  readonly scopes: ReadonlySet<Scope>;
  readonly rateLimits: KeyRateLimits;
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
