import { Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { TenantScope } from '../../../infra/database/index.js';
import { RawAnswer } from '../../../infra/http/index.js';
import { LedgerError } from '../../../kernel/index.js';
import type { Actor } from '../../audit/index.js';
import { ProjectsService } from '../../projects/index.js';
import { formatRemoval } from './cookies.js';
import { type FoundSession, SESSION_COOKIE, SessionAuthenticator } from './session-authenticator.js';
import { SessionLog } from './session-log.js';
import { assertSafeTransport } from './transport.js';

/** Ends sessions of every kind. */
@Injectable()
export class EndSessionService {
  constructor(
    private readonly scope: TenantScope,
    private readonly sessions: SessionAuthenticator,
    private readonly log: SessionLog,
    private readonly projects: ProjectsService,
  ) {}

  /**
   * Ends the session of a request, if it has one. The browser forgets the cookie either way.
   * @throws InsecureTransportError `INSECURE_TRANSPORT` | CsrfTokenInvalidError `CSRF_TOKEN_INVALID`
   */
  async end(request: Request): Promise<RawAnswer> {
    const transport = assertSafeTransport(request);
    const found = await this.findSession(request);
    if (found !== null) {
      const actor = found.caller ?? (await this.toActor(found, request));
      await this.scope.instance(actor.projectId, (tx) => this.log.end(tx, actor, found.session.sessionId));
    }
    const setCookie = formatRemoval(SESSION_COOKIE, transport);
    return new RawAnswer(204, { 'Cache-Control': 'no-store', 'Set-Cookie': setCookie }, '');
  }

  /** @returns null if there is no open session. */
  private async findSession(request: Request): Promise<FoundSession | null> {
    try {
      return await this.sessions.authenticate(request);
    } catch (error) {
      if (error instanceof LedgerError && error.status === 401) return null;
      throw error;
    }
  }

  /** A person without a project appears in the audit log of the project `default`. */
  private async toActor({ session: { person } }: FoundSession, request: Request): Promise<Actor> {
    return {
      projectId: await this.projects.getDefaultProjectId(),
      kind: 'person',
      userId: person?.userId ?? null,
      keyId: null,
      name: person?.email ?? person?.userId ?? 'person',
      origin: request.ip ?? null,
    };
  }
}
