import { Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { AppConfig } from '../../../infra/config/index.js';
import { TenantScope } from '../../../infra/database/index.js';
import { RawAnswer } from '../../../infra/http/index.js';
import { Authenticator } from '../authentication/authenticator.js';
import { parseKey } from '../authentication/key-secret.js';
import { SecretHasher } from '../authentication/secret-hasher.js';
import { MeService } from '../me/me.service.js';
import { readProject } from '../authentication/request-headers.js';
import { assertSameOrigin } from './assert-same-origin.js';
import { cookieName, formatCookie, readCookie } from './cookies.js';
import { SESSION_COOKIE } from './session-authenticator.js';
import { SessionLog } from './session-log.js';
import type { OpenSessionDto } from './sessions.dto.js';
import { assertSafeTransport } from './transport.js';

/** The longest lifetime of a session. The database decides when it is over. */
export const SESSION_MAX_AGE_S = 7 * 24 * 60 * 60;

/** Opens sessions with keys. */
@Injectable()
export class OpenSessionService {
  constructor(
    private readonly config: AppConfig,
    private readonly scope: TenantScope,
    private readonly authenticator: Authenticator,
    private readonly log: SessionLog,
    private readonly hasher: SecretHasher,
    private readonly me: MeService,
  ) {}

  /**
   * Opens a session with the rights of a key, and returns the answer of `GET /v1/me`.
   * @throws UnauthorizedError `UNAUTHORIZED` | CrossOriginError `CROSS_ORIGIN_REFUSED` | InsecureTransportError `INSECURE_TRANSPORT`
   * @throws ForbiddenError `FORBIDDEN` | ProjectNotFoundError `PROJECT_NOT_FOUND`, as for any request with that key.
   */
  async open(request: Request, { api_key: key }: OpenSessionDto): Promise<RawAnswer> {
    assertSameOrigin(request, this.config.env.PUBLIC_URL);
    const transport = assertSafeTransport(request);
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
    return RawAnswer.json(200, body, { 'Cache-Control': 'no-store', 'Set-Cookie': setCookie });
  }
}
