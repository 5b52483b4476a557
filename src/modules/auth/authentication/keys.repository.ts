import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { ApiKeyEntity, type Role, type UserKind } from '../../../entities/index.js';
import { TenantScope } from '../../../infra/database/index.js';
import type { KeyAncestor, KeyRateLimits } from '../caller.js';
import type { Grant, KeyOwner } from '../roles/rights.js';

/** The columns that authentication needs. */
export interface KeyRecord extends Grant {
  readonly projectId: string;
  readonly projectName: string;
  readonly keyId: string;
  readonly name: string;
  readonly secretHmac: Buffer;
  /** The hash of the secret before the last rotation, while that secret still works. */
  readonly previousSecretHmac: Buffer | null;
  readonly owner: KeyOwner | null;
  /** Whether the key is neither revoked nor expired by the database's clock, and its user is not disabled. */
  readonly valid: boolean;
  readonly rateLimits: KeyRateLimits;
  readonly ancestors: readonly KeyAncestor[];
}

const NO_ANCESTORS: readonly KeyAncestor[] = [];
const NO_TEAM_ROLES: ReadonlyMap<string, Role> = new Map();

interface OwnerRow {
  user_id: string | null;
  user_kind: UserKind | null;
  user_name: string | null;
  user_disabled: boolean | null;
  member_role: Role | null;
  team_roles: Readonly<Record<string, Role>> | null;
}

interface KeyRow extends OwnerRow {
  project_id: string;
  project_name: string;
  key_id: string;
  name: string;
  secret_hmac: Buffer;
  previous_secret_hmac: Buffer | null;
  role: Role | null;
  scopes: string[];
  expires_at: Date | null;
  revoked_at: Date | null;
  checked_at: Date;
  requests_per_minute: number | null;
  tokens_per_minute: number | null;
  ancestors: AncestorRow[] | null;
}

export interface AncestorRow {
  readonly key_id: string;
  readonly requests_per_minute: number | null;
  readonly tokens_per_minute: number | null;
}

export type NewKey = Pick<
  ApiKeyEntity,
  'projectId' | 'name' | 'secretHmac' | 'role' | 'scopes' | 'expiresAt' | 'ancestors' | 'userId' | 'madeBy'
> &
  KeyRateLimits;

const FIND_OWNER = `SELECT u.user_id, u.kind AS user_kind, u.name AS user_name, u.disabled_at IS NOT NULL AS user_disabled,
    m.role AS member_role,
    (SELECT json_object_agg(t.name, t.role) FROM team_members s JOIN teams t ON t.project_id = s.project_id AND t.name = s.team
     WHERE s.project_id = m.project_id AND s.user_id = m.user_id) AS team_roles
  FROM members m JOIN users u ON u.user_id = m.user_id
  WHERE m.project_id = $1 AND m.user_id = $2`;

@Injectable()
export class KeysRepository {
  constructor(private readonly scope: TenantScope) {}

  /** Searches all projects, because the project of a key is not yet known. @returns the keys that exist, in no order. */
  async findForAuthentication(keyIds: readonly string[]): Promise<KeyRecord[]> {
    const rows = await this.scope.system<KeyRow>(
      'SELECT k.* FROM unnest($1::uuid[]) AS asked (id), LATERAL ledger_find_key(asked.id) AS k',
      [keyIds],
    );
    return rows.map((row) => {
      const owner = toOwner(row);
      const isExpired = row.expires_at !== null && row.expires_at <= row.checked_at;
      return {
        projectId: row.project_id,
        projectName: row.project_name,
        keyId: row.key_id,
        name: row.name,
        secretHmac: row.secret_hmac,
        previousSecretHmac: row.previous_secret_hmac,
        role: row.role,
        scopes: row.scopes,
        owner,
        valid: row.revoked_at === null && !isExpired && owner?.isDisabled !== true,
        rateLimits: { requestsPerMinute: row.requests_per_minute, tokensPerMinute: row.tokens_per_minute },
        ancestors: toAncestors(row.ancestors),
      };
    });
  }

  /** @returns null for a user whom this project cannot see, and for one who is not a member of it. */
  async findOwner(tx: EntityManager, projectId: string, userId: string): Promise<KeyOwner | null> {
    const [row] = await tx.query<OwnerRow[]>(FIND_OWNER, [projectId, userId]);
    return row === undefined ? null : toOwner(row);
  }

  /** Finds a user whom the projects in scope can see. */
  async findEmail(tx: EntityManager, userId: string): Promise<string | null> {
    const [row] = await tx.query<{ email: string | null }[]>('SELECT email FROM users WHERE user_id = $1', [
      userId,
    ]);
    return row?.email ?? null;
  }

  async touch(keyId: string): Promise<void> {
    await this.scope.system('SELECT ledger_touch_key($1)', [keyId]);
  }

  async insert(tx: EntityManager, key: NewKey): Promise<ApiKeyEntity> {
    const result = await tx
      .createQueryBuilder()
      .insert()
      .into(ApiKeyEntity)
      .values({ ...key })
      .returning('key_id')
      .execute();
    const { key_id: keyId } = (result.raw as { key_id: string }[])[0] as { key_id: string };
    return tx.findOneByOrFail(ApiKeyEntity, { projectId: key.projectId, keyId });
  }

  async list(tx: EntityManager, projectId: string): Promise<ApiKeyEntity[]> {
    return tx.find(ApiKeyEntity, { where: { projectId }, order: { keyId: 'DESC' } });
  }

  async find(tx: EntityManager, projectId: string, keyId: string): Promise<ApiKeyEntity | null> {
    return tx.findOne(ApiKeyEntity, { where: { projectId, keyId } });
  }

  /** Locks the key, so that a decision based on it still holds when it is changed. */
  async findForUpdate(tx: EntityManager, projectId: string, keyId: string): Promise<ApiKeyEntity | null> {
    return tx.findOne(ApiKeyEntity, { where: { projectId, keyId }, lock: { mode: 'pessimistic_write' } });
  }

  /** Returns whether the key is neither revoked nor expired, by the database's clock. */
  async isUsable(tx: EntityManager, { projectId, keyId }: ApiKeyEntity): Promise<boolean> {
    const rows = await tx.query<unknown[]>(
      `SELECT key_id FROM api_keys
       WHERE project_id = $1 AND key_id = $2 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())`,
      [projectId, keyId],
    );
    return rows.length > 0;
  }

  async setRateLimits(tx: EntityManager, key: ApiKeyEntity, limits: KeyRateLimits): Promise<void> {
    const { projectId, keyId } = key;
    await tx.update(ApiKeyEntity, { projectId, keyId }, { ...limits });
  }

  /**
   * Gives a key a new secret.
   * @param overlapS how long the current secret still works; 0 for not at all. An older secret stops working.
   */
  async rotate(
    tx: EntityManager,
    { projectId, keyId }: ApiKeyEntity,
    { secretHmac, overlapS, madeBy }: { secretHmac: Buffer; overlapS: number; madeBy: string },
  ): Promise<void> {
    await tx.query(
      `UPDATE api_keys SET previous_secret_hmac = CASE WHEN $4::integer > 0 THEN secret_hmac END,
         previous_until = CASE WHEN $4::integer > 0 THEN now() + make_interval(secs => $4::integer) END,
         secret_hmac = $3, made_by = $5
       WHERE project_id = $1 AND key_id = $2`,
      [projectId, keyId, secretHmac, overlapS, madeBy],
    );
  }

  /** @returns false when the project has no such key. A key that is already revoked keeps its first revocation time. */
  async revoke(tx: EntityManager, projectId: string, keyId: string): Promise<boolean> {
    const { affected } = await tx
      .createQueryBuilder()
      .update(ApiKeyEntity)
      .set({ revokedAt: () => 'coalesce(revoked_at, now())' })
      .where({ projectId, keyId })
      .execute();
    return affected === 1;
  }
}

/** Converts the result of the database functions; null stands for no ancestors. */
export function toAncestors(rows: readonly AncestorRow[] | null): readonly KeyAncestor[] {
  if (rows === null) return NO_ANCESTORS;
  return rows.map(({ key_id: keyId, requests_per_minute: requests, tokens_per_minute: tokens }) => ({
    keyId,
    rateLimits: { requestsPerMinute: requests, tokensPerMinute: tokens },
  }));
}

function toOwner(row: OwnerRow): KeyOwner | null {
  if (row.user_id === null || row.user_kind === null) return null;
  return {
    userId: row.user_id,
    kind: row.user_kind,
    name: row.user_name ?? '',
    isDisabled: row.user_disabled === true,
    role: row.member_role,
    teamRoles: row.team_roles === null ? NO_TEAM_ROLES : new Map(Object.entries(row.team_roles)),
  };
}
