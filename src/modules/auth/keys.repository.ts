import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { ApiKeyEntity } from '../../entities/index.js';
import { TenantScope } from '../../infra/database/index.js';
import type { KeyAncestor, KeyRateLimits } from './caller.js';

/** What authentication needs of a key. */
export interface KeyRecord {
  readonly projectId: string;
  readonly keyId: string;
  readonly name: string;
  readonly secretHmac: Buffer;
  readonly scopes: readonly string[];
  /** Neither revoked nor expired, by the database's clock. */
  readonly valid: boolean;
  readonly rateLimits: KeyRateLimits;
  readonly ancestors: readonly KeyAncestor[];
}

const NO_ANCESTORS: readonly KeyAncestor[] = [];

interface KeyRow {
  project_id: string;
  key_id: string;
  name: string;
  secret_hmac: Buffer;
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
  'projectId' | 'name' | 'secretHmac' | 'scopes' | 'expiresAt' | 'ancestors'
> &
  KeyRateLimits;

@Injectable()
export class KeysRepository {
  constructor(private readonly scope: TenantScope) {}

  /** Looks in all projects: whose key it is, is the question. @returns those that there are, in no order. */
  async findForAuthentication(keyIds: readonly string[]): Promise<KeyRecord[]> {
    const rows = await this.scope.system<KeyRow>(
      'SELECT k.* FROM unnest($1::uuid[]) AS asked (id), LATERAL ledger_find_key(asked.id) AS k',
      [keyIds],
    );
    return rows.map((row) => ({
      projectId: row.project_id,
      keyId: row.key_id,
      name: row.name,
      secretHmac: row.secret_hmac,
      scopes: row.scopes,
      valid: row.revoked_at === null && (row.expires_at === null || row.expires_at > row.checked_at),
      rateLimits: { requestsPerMinute: row.requests_per_minute, tokensPerMinute: row.tokens_per_minute },
      ancestors: toAncestors(row.ancestors),
    }));
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

  /** Locks it, so that what is decided by what it says now still holds when it is changed. */
  async findForUpdate(tx: EntityManager, projectId: string, keyId: string): Promise<ApiKeyEntity | null> {
    return tx.findOne(ApiKeyEntity, { where: { projectId, keyId }, lock: { mode: 'pessimistic_write' } });
  }

  async setRateLimits(tx: EntityManager, key: ApiKeyEntity, limits: KeyRateLimits): Promise<void> {
    const { projectId, keyId } = key;
    await tx.update(ApiKeyEntity, { projectId, keyId }, { ...limits });
  }

  /** @returns false when the project has no such key. A key that is revoked already keeps its first time. */
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

/** As the functions of the database give them; null for none. */
export function toAncestors(rows: readonly AncestorRow[] | null): readonly KeyAncestor[] {
  if (rows === null) return NO_ANCESTORS;
  return rows.map(({ key_id: keyId, requests_per_minute: requests, tokens_per_minute: tokens }) => ({
    keyId,
    rateLimits: { requestsPerMinute: requests, tokensPerMinute: tokens },
  }));
}
