import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import type { Actor } from '../audit/index.js';
import type { Rights } from './roles/rights.js';

/** The limits of a key per minute: 0 for none, null for the default of the environment. */
export interface KeyRateLimits {
  readonly requestsPerMinute: number | null;
  readonly tokensPerMinute: number | null;
}

/** A key from which another one descends. A descendant's use counts against its limits, too. */
export interface KeyAncestor {
  readonly keyId: string;
  readonly rateLimits: KeyRateLimits;
}

/** The session whose cookie a request carries. */
export interface CallerSession {
  readonly sessionId: string;
  /** The value that unsafe requests send as `X-CSRF-Token`. */
  readonly csrfToken: string;
  /** The person who signed in; null for a session that a key opened. */
  readonly person: {
    readonly userId: string;
    readonly email: string | null;
    /** Projects in which the person is a member, by name. */
    readonly projects: readonly { readonly projectId: string; readonly name: string }[];
  } | null;
}

/** An actor and their rights. */
export interface AuthorizedActor extends Actor, Rights {}

/** The caller of a request. Each request has its own object. */
export interface Caller extends AuthorizedActor {
  readonly rateLimits: KeyRateLimits;
  /** In no order. Empty for a key that an admin created, and for the admin. */
  readonly ancestors: readonly KeyAncestor[];
  /** Absent for a request with an API key. */
  readonly session?: CallerSession;
}

export interface AuthenticatedRequest extends Request {
  caller?: Caller;
  session?: CallerSession;
}

/** Injects the caller of the request, as the guard found it. */
export const CurrentCaller = createParamDecorator((_: unknown, context: ExecutionContext): Caller => {
  const { caller } = context.switchToHttp().getRequest<AuthenticatedRequest>();
  if (caller === undefined) throw new Error('a public route has no caller');
  return caller;
});

/** The caller of a route that needs no project. `caller` is null for a person who is not a member of any. */
export interface Self {
  readonly caller: Caller | null;
  /** Null for a request with a key. */
  readonly session: CallerSession | null;
}

export const CurrentSelf = createParamDecorator((_: unknown, context: ExecutionContext): Self => {
  const { caller = null, session = null } = context.switchToHttp().getRequest<AuthenticatedRequest>();
  return { caller, session };
});
