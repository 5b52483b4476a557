import { Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { AppConfig } from '../../../infra/config/index.js';
import { TenantScope } from '../../../infra/database/index.js';
import { RawAnswer } from '../../../infra/http/index.js';
import { LedgerError } from '../../../kernel/index.js';
import type { Actor } from '../../audit/index.js';
import { ProjectsService } from '../../projects/index.js';
import { Authenticator } from '../authenticator.js';
import { parseKey } from '../keys/key-secret.js';
import { SecretHasher } from '../keys/secret-hasher.js';
import { MeService } from '../me/me.service.js';
import { readProject } from '../request-headers.js';
import { assertSameOrigin } from './assert-same-origin.js';
import { cookieName, formatCookie, formatRemoval, readCookie } from './cookies.js';
import { InsecureTransportError } from './errors.js';
import { type FoundSession, SESSION_COOKIE, SessionAuthenticator } from './session-authenticator.js';
import { SessionLog } from './session-log.js';
import type { OpenSessionDto } from './sessions.dto.js';
import { describeTransport } from './transport.js';

/** The longest life of a session; the database decides when it is over. */
export const SESSION_MAX_AGE_S = 7 * 24 * 60 * 60;
const NO_STORE = { 'Cache-Control': 'no-store' };

/** Sessions that are opened with a key, and the end of any session. */
@Injectable()
export class SessionsService {
  constructor(
    private readonly config: AppConfig,
    private readonly scope: TenantScope,
    private readonly authenticator: Authenticator,
    private readonly sessions: SessionAuthenticator,
    private readonly log: SessionLog,
    private readonly hasher: SecretHasher,
    private readonly projects: ProjectsService,
    private readonly me: MeService,
  ) {}

  /**
   * Opens a session with the rights of a key, and answers what `GET /v1/me` would.
   * @throws UnauthorizedError `UNAUTHORIZED` | CrossOriginError `CROSS_ORIGIN_REFUSED` | InsecureTransportError `INSECURE_TRANSPORT`
   * @throws ForbiddenError `FORBIDDEN` | ProjectNotFoundError `PROJECT_NOT_FOUND`, as for any request with that key.
   */
  async open(request: Request, { api_key: key }: OpenSessionDto): Promise<RawAnswer> {
    assertSameOrigin(request, this.config.env.PUBLIC_URL);
    const transport = describeTransport(request);
    if (transport === 'plain') throw new InsecureTransportError();
    const caller = await this.authenticator.authenticate(
      key,
      request.ip ?? null,
      readProject(request.headers),
    );
    const { kind, keyId, projectId } = caller;
    const secret = kind === 'instance' ? key : (parseKey(key)?.secret ?? key);
    const opened = await this.scope.instance(projectId, (tx) =>
      this.log.open(
        tx,
        caller,
        {
          kind: kind === 'instance' ? 'instance' : 'key',
          userId: null,
          keyId,
          credentialHmac: this.hasher.hash(secret),
          signInHash: null,
        },
        readCookie(request.headers.cookie, cookieName(SESSION_COOKIE, transport)),
      ),
    );
    if (opened === null) throw new Error('a session that a key opens is bound to no sign-in');
    const { sessionId, csrfToken, cookie } = opened;
    const session = { sessionId, csrfToken, person: null };
    const body = JSON.stringify(await this.me.describe({ ...caller, session }, session));
    const setCookie = formatCookie(SESSION_COOKIE, cookie, { transport, maxAgeS: SESSION_MAX_AGE_S });
    return RawAnswer.json(200, body, { ...NO_STORE, 'Set-Cookie': setCookie });
  }

  /**
   * Ends the session of a request. Without one there is nothing to do; the browser forgets the cookie either way.
   * @throws InsecureTransportError `INSECURE_TRANSPORT` | CsrfTokenInvalidError `CSRF_TOKEN_INVALID`
   */
  async end(request: Request): Promise<RawAnswer> {
    const transport = describeTransport(request);
    if (transport === 'plain') throw new InsecureTransportError();
    const found = await this.findSession(request);
    if (found !== null) {
      const actor = found.caller ?? (await this.toActor(found, request));
      await this.scope.instance(actor.projectId, (tx) => this.log.end(tx, actor, found.session.sessionId));
    }
    return new RawAnswer(204, { ...NO_STORE, 'Set-Cookie': formatRemoval(SESSION_COOKIE, transport) }, '');
  }

  /** @returns null where there is none that is open. */
  private async findSession(request: Request): Promise<FoundSession | null> {
    try {
      return await this.sessions.authenticate(request);
    } catch (error) {
      if (error instanceof LedgerError && error.status === 401) return null;
      throw error;
    }
  }

  /** A person without a project acts in the audit log of the project `default`. */
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
