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
   * Opens a session with a new token, in a transaction of the instance. Ends the browser's previous session, so that its token becomes
   * useless.
   * @param replaced the cookie of the previous session; null for none.
   * @returns null if the identity provider's answer has already opened a session.
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

  /** Ends a session, in a transaction of the instance. An ended session stays as it is. */
  async end(tx: EntityManager, actor: Actor, sessionId: string): Promise<void> {
    if (!(await this.sessions.end(tx, sessionId))) return;
    await this.audit.append(tx, actor, { action: 'session.end', subject: `session/${sessionId}` });
  }
}
