import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import type { Actor } from '../audit/index.js';
import type { Scope } from './scopes.js';

/** Who sent a request, and what they may do. */
export interface Caller extends Actor {
  readonly scopes: ReadonlySet<Scope>;
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
