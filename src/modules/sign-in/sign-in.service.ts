import { Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { TenantScope } from '../../infra/database/index.js';
import { RawAnswer } from '../../infra/http/index.js';
import type { Actor } from '../audit/index.js';
import {
  assertSafeTransport,
  cookieName,
  formatCookie,
  isSame,
  readCookie,
  SESSION_COOKIE,
  SESSION_MAX_AGE_S,
  SessionLog,
  type Transport,
} from '../auth/index.js';
import { ProjectsService } from '../projects/index.js';
import { SignInFailedError } from './errors.js';
import type { Identity } from './identity.js';
import { IdentityProvider } from './identity-provider.js';
import { PeopleService } from './people.service.js';
import { readReturnPath } from './return-path.js';
import { ATTEMPT_MAX_AGE_S, type SignInAttempt, SignInAttempts } from './sign-in-attempts.js';
import type { LoginQueryDto } from './sign-in.dto.js';

const ATTEMPT_COOKIE = 'pl_signin';

/** Signs people in with an identity provider (OpenID Connect, authorization code with PKCE). */
@Injectable()
export class SignInService {
  constructor(
    private readonly provider: IdentityProvider,
    private readonly attempts: SignInAttempts,
    private readonly people: PeopleService,
    private readonly sessions: SessionLog,
    private readonly projects: ProjectsService,
    private readonly scope: TenantScope,
  ) {}

  /**
   * Sends the browser to the provider.
   * @throws SignInNotConfiguredError `SIGN_IN_NOT_CONFIGURED` | InsecureTransportError `INSECURE_TRANSPORT`
   * @throws ValidationError `VALIDATION_FAILED` for a `return_to` on another origin.
   * @throws IdentityProviderUnavailableError `IDENTITY_PROVIDER_UNAVAILABLE`
   */
  async begin(request: Request, { return_to: returnTo }: LoginQueryDto): Promise<RawAnswer> {
    const { publicUrl } = this.provider.settings;
    const path = readReturnPath(returnTo, publicUrl);
    const transport = assertSafeTransport(request);
    const attempt = this.attempts.begin(path);
    const url = await this.provider.toLoginUrl(attempt);
    const maxAgeS = ATTEMPT_MAX_AGE_S;
    return redirect(url, formatCookie(ATTEMPT_COOKIE, attempt.cookie, { transport, maxAgeS }));
  }

  /**
   * Processes the provider's answer, opens a session with a new token, and redirects the browser to its original target.
   * @throws SignInFailedError `SIGN_IN_FAILED` | SignInRefusedError `SIGN_IN_REFUSED`, and what {@link begin} throws.
   */
  async finish(request: Request): Promise<RawAnswer> {
    const { publicUrl } = this.provider.settings;
    const transport = assertSafeTransport(request);
    const query = /\?(.*)$/s.exec(request.originalUrl)?.[1] ?? '';
    const attempt = this.findAttempt(request, transport, query);
    const identity = await this.provider.identify(query, attempt);
    const replaced = readCookie(request.headers.cookie, cookieName(SESSION_COOKIE, transport));
    const cookie = await this.openSession(identity, attempt, replaced, request.ip ?? null);
    const path = readReturnPath(attempt.returnTo, publicUrl);
    return redirect(
      `${publicUrl}${path}`,
      formatCookie(SESSION_COOKIE, cookie, { transport, maxAgeS: SESSION_MAX_AGE_S }),
    );
  }

  /** Finds this browser's attempt, and checks that the answer has its state. */
  private findAttempt(request: Request, transport: Transport, query: string): SignInAttempt {
    const cookie = readCookie(request.headers.cookie, cookieName(ATTEMPT_COOKIE, transport));
    const attempt = cookie === null ? null : this.attempts.read(cookie);
    if (attempt === null) {
      throw new SignInFailedError('this browser has not begun a sign-in, or took longer than ten minutes');
    }
    const states = new URLSearchParams(query).getAll('state');
    if (states.length !== 1 || !isSame(states[0] as string, attempt.state)) throw new SignInFailedError();
    return attempt;
  }

  private async openSession(
    identity: Identity,
    { usedHash: signInHash }: SignInAttempt,
    replaced: string | null,
    origin: string | null,
  ): Promise<string> {
    const { adminEmails } = this.provider.settings;
    const projectId = await this.projects.getDefaultProjectId();
    return this.scope.instance(projectId, async (tx) => {
      const { userId, name } = await this.people.getUser(tx, identity, { projectId, adminEmails });
      const actor: Actor = { projectId, kind: 'person', userId, keyId: null, name: name, origin };
      const session = { kind: 'person' as const, userId, keyId: null, credentialHmac: null, signInHash };
      const opened = await this.sessions.open(tx, actor, session, replaced);
      if (opened === null) throw new SignInFailedError('this sign-in is over already');
      return opened.cookie;
    });
  }
}

/** Forbids caching and the referrer, because the address contains the code. */
function redirect(url: string, cookie: string): RawAnswer {
  return new RawAnswer(
    303,
    { Location: url, 'Cache-Control': 'no-store', 'Referrer-Policy': 'no-referrer', 'Set-Cookie': cookie },
    '',
  );
}
