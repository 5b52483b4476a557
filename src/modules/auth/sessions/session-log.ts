import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { type Actor, AuditService } from '../../audit/index.js';
import { type SessionToken, SessionTokens } from './session-tokens.js';
import { type NewSession, SessionsRepository } from './sessions.repository.js';

/** Opens and ends sessions, and writes both into the audit log. */
@Injectable()
export class SessionLog {
  constructor(
    private readonly sessions: SessionsRepository,
    private readonly tokens: SessionTokens,
    private readonly audit: AuditService,
  ) {}

  /**
   * Opens a session under a new token, for a transaction of the instance. The session of the browser until now ends, so that its token
   * is of no use for the new one.
   * @param replaced the cookie of that session; null for none.
   * @returns null when the answer of the identity provider has opened a session before.
   */
  async open(
    tx: EntityManager,
    actor: Actor,
    session: Omit<NewSession, 'tokenHmac'>,
    replaced: string | null,
  ): Promise<(SessionToken & { readonly sessionId: string }) | null> {
    const token = this.tokens.make();
    const sessionId = await this.sessions.insert(tx, { ...session, tokenHmac: token.hmac });
    if (sessionId === null) return null;
    const former = replaced === null ? null : this.tokens.read(replaced);
    const endedId = former === null ? null : await this.sessions.endByToken(tx, former.hmac);
    await this.sessions.removeOld(tx);
    await this.audit.append(tx, actor, {
      action: 'session.create',
      subject: `session/${sessionId}`,
      after: { kind: session.kind, ...(endedId === null ? {} : { replaces: endedId }) },
    });
    return { ...token, sessionId };
  }

  /** Ends a session, for a transaction of the instance. One that has ended already stays as it is. */
  async end(tx: EntityManager, actor: Actor, sessionId: string): Promise<void> {
    if (!(await this.sessions.end(tx, sessionId))) return;
    await this.audit.append(tx, actor, { action: 'session.end', subject: `session/${sessionId}` });
  }
}
