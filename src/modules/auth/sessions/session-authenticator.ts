import { Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { ProjectNotFoundError } from '../../projects/index.js';
import { Authenticator } from '../authentication/authenticator.js';
import type { Caller, CallerSession } from '../caller.js';
import { UnauthorizedError } from '../errors.js';
import { readCredential, readProject } from '../authentication/request-headers.js';
import { cookieName, readCookie } from './cookies.js';
import { CsrfTokenInvalidError } from './errors.js';
import { chooseMembership, toPersonCaller } from './session-caller.js';
import { isSame, SessionTokens } from './session-tokens.js';
import { type SessionRecord, SessionsRepository } from './sessions.repository.js';
import { assertSafeTransport } from './transport.js';

export const SESSION_COOKIE = 'pl_session';
const CSRF_HEADER = 'x-csrf-token';
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);
/** Matches either cookie name, anywhere in the header. */
const HAS_SESSION_COOKIE = /(?:^|;)\s*(?:__Host-)?pl_session=/;

/** A session with its caller. */
export interface FoundSession {
  readonly session: CallerSession;
  /** Null for a person who is not yet a member of any project. */
  readonly caller: Caller | null;
}

/** Identifies the sender of a request by its session cookie. */
@Injectable()
export class SessionAuthenticator {
  constructor(
    private readonly sessions: SessionsRepository,
    private readonly tokens: SessionTokens,
    private readonly authenticator: Authenticator,
  ) {}

  /** Whether a request is authenticated by its cookie. A key on the same request takes precedence. */
  carriesSession({ headers }: Pick<Request, 'headers'>): boolean {
    const { cookie } = headers;
    return cookie !== undefined && HAS_SESSION_COOKIE.test(cookie) && readCredential(headers) === null;
  }

  /**
   * @throws InsecureTransportError `INSECURE_TRANSPORT` | UnauthorizedError `UNAUTHORIZED`
   * @throws CsrfTokenInvalidError `CSRF_TOKEN_INVALID` for an unsafe method without the token of the session.
   * @throws ProjectNotFoundError `PROJECT_NOT_FOUND` for a project in which the session cannot act.
   */
  async authenticate(request: Request): Promise<FoundSession> {
    const transport = assertSafeTransport(request);
    const cookie = readCookie(request.headers.cookie, cookieName(SESSION_COOKIE, transport));
    const token = cookie === null ? null : this.tokens.read(cookie);
    if (token === null) throw new UnauthorizedError();
    const record = await this.sessions.find(token.hmac);
    if (record === null || record.isDisabled) throw new UnauthorizedError();
    if (!SAFE_METHODS.has(request.method)) assertCsrfToken(request, token.csrfToken);
    const session: CallerSession = {
      sessionId: record.sessionId,
      csrfToken: token.csrfToken,
      person: toPerson(record),
    };
    const caller = await this.toCaller(record, request);
    return { session, caller: caller === null ? null : { ...caller, session } };
  }

  private async toCaller(record: SessionRecord, request: Request): Promise<Caller | null> {
    const { kind, keyId, credentialHmac, userId, memberships } = record;
    const project = readProject(request.headers);
    const origin = request.ip ?? null;
    if (kind !== 'person') {
      if (credentialHmac === null) throw new UnauthorizedError();
      return this.authenticator.resume(keyId, credentialHmac, origin, project);
    }
    if (userId === null) throw new UnauthorizedError();
    const membership = chooseMembership(memberships, project);
    if (membership !== null) return toPersonCaller({ ...record, userId }, membership, origin);
    if (project !== null) throw new ProjectNotFoundError(project);
    return null;
  }
}

function toPerson({ kind, userId, email, memberships }: SessionRecord): CallerSession['person'] {
  if (kind !== 'person' || userId === null) return null;
  const projects = memberships.map(({ projectId, name }) => ({ projectId, name }));
  return { userId, email, projects };
}

function assertCsrfToken({ headers }: Request, expected: string): void {
  const sent = headers[CSRF_HEADER];
  if (typeof sent !== 'string' || !isSame(sent, expected)) throw new CsrfTokenInvalidError();
}
