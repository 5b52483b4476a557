import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Role, SessionKind } from '../../../entities/index.js';
import { TenantScope } from '../../../infra/database/index.js';

/** A person's role in one project. */
export interface Membership {
  readonly projectId: string;
  readonly name: string;
  readonly role: Role;
  /** Roles over the prompts of each of their teams, by name of the team. */
  readonly teamRoles: ReadonlyMap<string, Role>;
}

export interface SessionRecord {
  readonly sessionId: string;
  readonly kind: SessionKind;
  readonly keyId: string | null;
  readonly credentialHmac: Buffer | null;
  readonly userId: string | null;
  readonly userName: string;
  readonly email: string | null;
  readonly isDisabled: boolean;
  /** The memberships of a person, by name of the project, without archived projects. */
  readonly memberships: readonly Membership[];
}

export interface NewSession {
  readonly kind: SessionKind;
  readonly tokenHmac: Buffer;
  readonly userId: string | null;
  readonly keyId: string | null;
  readonly credentialHmac: Buffer | null;
  readonly signInHash: Buffer | null;
}

interface SessionRow {
  session_id: string;
  kind: SessionKind;
  key_id: string | null;
  credential_hmac: Buffer | null;
  user_id: string | null;
  user_name: string | null;
  email: string | null;
  user_disabled: boolean | null;
  memberships:
    | readonly {
        readonly project_id: string;
        readonly name: string;
        readonly role: Role;
        readonly team_roles: Readonly<Record<string, Role>> | null;
      }[]
    | null;
}

/** The maximum that the API promises. */
const LIFETIME = '7 days';
/** Rows of ended sessions show whether an identity provider's answer was already used. Such an answer is valid for minutes only. */
const KEPT_AFTER_END = '1 day';
const MOST_REMOVED = 100;

@Injectable()
export class SessionsRepository {
  constructor(private readonly scope: TenantScope) {}

  /** Finds an open session, by the database's clock. Finding it counts as a use. */
  async find(tokenHmac: Buffer): Promise<SessionRecord | null> {
    const [row] = await this.scope.system<SessionRow>('SELECT * FROM ledger_find_session($1)', [tokenHmac]);
    return row === undefined ? null : toRecord(row);
  }

  /** Requires a transaction of the instance. @returns null if the identity provider's answer has already opened a session. */
  async insert(tx: EntityManager, session: NewSession): Promise<string | null> {
    const rows = await tx.query<{ session_id: string }[]>(
      `INSERT INTO sessions (kind, token_hmac, user_id, key_id, credential_hmac, sign_in_hash, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, now() + interval '${LIFETIME}') ON CONFLICT (sign_in_hash) DO NOTHING RETURNING session_id`,
      [
        session.kind,
        session.tokenHmac,
        session.userId,
        session.keyId,
        session.credentialHmac,
        session.signInHash,
      ],
    );
    return rows[0]?.session_id ?? null;
  }

  /** Requires a transaction of the instance. @returns false for a session that had already ended. */
  async end(tx: EntityManager, sessionId: string): Promise<boolean> {
    const [rows] = await tx.query<[unknown[], number]>(
      'UPDATE sessions SET ended_at = now() WHERE session_id = $1 AND ended_at IS NULL RETURNING session_id',
      [sessionId],
    );
    return rows.length > 0;
  }

  /** Requires a transaction of the instance. @returns the id of the ended session; null if none was open. */
  async endByToken(tx: EntityManager, tokenHmac: Buffer): Promise<string | null> {
    const [rows] = await tx.query<[{ session_id: string }[], number]>(
      'UPDATE sessions SET ended_at = now() WHERE token_hmac = $1 AND ended_at IS NULL RETURNING session_id',
      [tokenHmac],
    );
    return rows[0]?.session_id ?? null;
  }

  /** Removes some expired rows, in a transaction of the instance. Skips rows that others are removing. */
  async removeOld(tx: EntityManager): Promise<void> {
    await tx.query(
      `DELETE FROM sessions WHERE session_id IN (
         SELECT session_id FROM sessions WHERE expires_at < now() - interval '${KEPT_AFTER_END}'
         ORDER BY expires_at LIMIT ${MOST_REMOVED} FOR UPDATE SKIP LOCKED)`,
    );
  }
}

function toRecord(row: SessionRow): SessionRecord {
  return {
    sessionId: row.session_id,
    kind: row.kind,
    keyId: row.key_id,
    credentialHmac: row.credential_hmac,
    userId: row.user_id,
    userName: row.user_name ?? '',
    email: row.email,
    isDisabled: row.user_disabled === true,
    memberships: (row.memberships ?? []).map((each) => ({
      projectId: each.project_id,
      name: each.name,
      role: each.role,
      teamRoles: new Map(Object.entries(each.team_roles ?? {})),
    })),
  };
}
