import { Injectable } from '@nestjs/common';
import type { ApiKeyEntity } from '../../../entities/index.js';
import { TenantScope } from '../../../infra/database/index.js';
import { ValidationError } from '../../../kernel/index.js';
import { AuditService, toPrincipal } from '../../audit/index.js';
import { Authenticator } from '../authentication/authenticator.js';
import type { Caller } from '../caller.js';
import { ForbiddenError, KeyNotFoundError, KeyRevokedError } from '../errors.js';
import { KeyOwners } from './key-owners.js';
import { formatKey, newSecret } from '../authentication/key-secret.js';
import { rateLimitsView, toKeyDto } from './key-views.js';
import type {
  ChangeKeyDto,
  CreatedKeyDto,
  CreateKeyDto,
  KeyDto,
  KeyListDto,
  RotateKeyDto,
} from './keys.dto.js';
import { KeysRepository } from '../authentication/keys.repository.js';
import { type Grant, scopesOfGrant } from '../roles/rights.js';
import { SecretHasher } from '../authentication/secret-hasher.js';

@Injectable()
export class KeysService {
  constructor(
    private readonly hasher: SecretHasher,
    private readonly scope: TenantScope,
    private readonly keys: KeysRepository,
    private readonly owners: KeyOwners,
    private readonly audit: AuditService,
    private readonly authenticator: Authenticator,
  ) {}

  /**
   * Creates a key, which only this answer ever shows. A key grants at most what it has itself. An expiry or limit left out is copied from
   * it.
   * @throws ForbiddenError `FORBIDDEN` when it would be wider than the caller's key, or than its user.
   * @throws UserNotFoundError `USER_NOT_FOUND` when its user would not be a member.
   * @throws ValidationError `VALIDATION_FAILED` unless it has either scopes or a role, and for an expiry in the past.
   */
  async create(caller: Caller, request: CreateKeyDto): Promise<CreatedKeyDto> {
    const grant = readGrant(request);
    assertOwnScopes(caller, grant);
    const secret = newSecret();
    const entity = await this.scope.transaction(caller.projectId, async (tx) => {
      const own = await this.owners.findOwn(tx, caller);
      const limits = own.chooseLimits(request);
      own.assertCovers({ ...grant, ...limits }, 'A key can only hand out what it has itself');
      const inserted = await this.keys.insert(tx, {
        projectId: caller.projectId,
        name: request.name,
        secretHmac: this.hasher.hash(secret),
        ...limits,
        role: grant.role,
        scopes: [...grant.scopes],
        userId: await this.owners.choose(tx, caller, request.user_id?.toLowerCase() ?? null, grant),
        madeBy: toPrincipal(caller),
        ancestors: own.listLine(),
      });
      assertNotExpired(inserted);
      const { name, scopes, role, userId: user_id, expiresAt: expires_at } = inserted;
      const after = { name, scopes, role, user_id, expires_at, rate_limits: rateLimitsView(inserted) };
      await this.audit.append(tx, caller, {
        action: 'key.create',
        subject: `key/${inserted.keyId}`,
        after,
      });
      return inserted;
    });
    this.authenticator.forget(entity.keyId);
    return { ...toKeyDto(entity), key: formatKey({ keyId: entity.keyId, secret }) };
  }

  async list(caller: Caller): Promise<KeyListDto> {
    const entities = await this.scope.transaction(caller.projectId, (tx) =>
      this.keys.list(tx, caller.projectId),
    );
    return { keys: entities.map(toKeyDto) };
  }

  /**
   * Changes limits; those left out stay as they are. A key cannot change one that may do more than itself, nor grant more than it has, not
   * even to itself.
   * @throws KeyNotFoundError `KEY_NOT_FOUND` | ForbiddenError `FORBIDDEN`
   */
  async change(caller: Caller, keyId: string, { rate_limits: wanted }: ChangeKeyDto): Promise<KeyDto> {
    const changed = await this.scope.transaction(caller.projectId, async (tx) => {
      const key = await this.keys.findForUpdate(tx, caller.projectId, keyId);
      if (key === null) throw new KeyNotFoundError(keyId);
      const own = await this.owners.findOwn(tx, caller);
      own.assertCovers(key, 'A key can only change keys that may do no more than itself');
      const { requests_per_minute: requests, tokens_per_minute: tokens } = wanted;
      const limits = {
        requestsPerMinute: requests === undefined ? key.requestsPerMinute : requests,
        tokensPerMinute: tokens === undefined ? key.tokensPerMinute : tokens,
      };
      own.assertCovers({ ...key, ...limits }, 'A key can only give what it has itself');
      await this.keys.setRateLimits(tx, key, limits);
      await this.audit.append(tx, caller, {
        action: 'key.change',
        subject: `key/${keyId}`,
        before: { rate_limits: rateLimitsView(key) },
        after: { rate_limits: rateLimitsView(limits) },
      });
      return { ...key, ...limits };
    });
    this.authenticator.forget(keyId);
    return toKeyDto(changed);
  }

  /**
   * Gives a key a new secret, and keeps its id, rights and counts. A rotated key counts as created by whoever rotated it, because they know
   * its secret.
   * @throws KeyNotFoundError `KEY_NOT_FOUND` | ForbiddenError `FORBIDDEN` | KeyRevokedError `KEY_REVOKED`
   */
  async rotate(caller: Caller, keyId: string, { overlap_s: overlapS }: RotateKeyDto): Promise<CreatedKeyDto> {
    const secret = newSecret();
    const rotated = await this.scope.transaction(caller.projectId, async (tx) => {
      const key = await this.keys.findForUpdate(tx, caller.projectId, keyId);
      if (key === null) throw new KeyNotFoundError(keyId);
      const own = await this.owners.findOwn(tx, caller);
      own.assertCovers(key, 'A key can only rotate keys that may do no more than itself');
      await this.owners.assertMayHold(tx, caller, key);
      if (!(await this.keys.isUsable(tx, key))) throw new KeyRevokedError(keyId);
      const madeBy = caller.keyId === keyId ? key.madeBy : toPrincipal(caller);
      await this.keys.rotate(tx, key, { secretHmac: this.hasher.hash(secret), overlapS, madeBy });
      await this.audit.append(tx, caller, {
        action: 'key.rotate',
        subject: `key/${keyId}`,
        after: { overlap_s: overlapS },
      });
      return (await this.keys.find(tx, caller.projectId, keyId)) ?? key;
    });
    this.authenticator.forget(keyId);
    return { ...toKeyDto(rotated), key: formatKey({ keyId, secret }) };
  }

  /**
   * Revokes a key. A key may revoke itself, and others that may do no more. Keys that the revoked key created stay.
   * @throws KeyNotFoundError `KEY_NOT_FOUND` | ForbiddenError `FORBIDDEN`
   */
  async revoke(caller: Caller, keyId: string): Promise<void> {
    await this.scope.transaction(caller.projectId, async (tx) => {
      const key = await this.keys.findForUpdate(tx, caller.projectId, keyId);
      if (key === null) throw new KeyNotFoundError(keyId);
      const own = await this.owners.findOwn(tx, caller);
      own.assertCovers(key, 'A key can only revoke keys that may do no more than itself');
      if (!(await this.keys.revoke(tx, caller.projectId, keyId))) throw new KeyNotFoundError(keyId);
      const { name, scopes, expiresAt: expires_at, revokedAt } = key;
      await this.audit.append(tx, caller, {
        action: 'key.revoke',
        subject: `key/${keyId}`,
        before: { name, scopes, expires_at, revoked: revokedAt !== null },
        after: { name, scopes, expires_at, revoked: true },
      });
    });
    this.authenticator.forget(keyId);
  }
}

/** @throws ValidationError `VALIDATION_FAILED` unless there is exactly one of the two. */
function readGrant({ scopes, role }: CreateKeyDto): Grant {
  if (scopes != null && role == null) return { role: null, scopes };
  if (role != null && scopes == null) return { role, scopes: [] };
  const isBoth = role != null;
  throw new ValidationError('Send either the scopes of the key or its role.', [
    {
      pointer: isBoth ? '/role' : '/scopes',
      message: isBoth ? 'excludes scopes' : 'is missing, and so is role',
    },
  ]);
}

/** Runs before anything is looked up, so that a caller who lacks a scope learns nothing else. */
function assertOwnScopes(caller: Caller, grant: Grant): void {
  const beyond = [...scopesOfGrant(grant)].filter((scope) => !caller.scopes.has(scope));
  if (beyond.length === 0) return;
  throw new ForbiddenError(
    beyond,
    `A key can only hand out scopes it has itself; yours lacks ${beyond.join(', ')}.`,
  );
}

/** `createdAt` is the database's current time, and the same clock later decides the expiry. */
function assertNotExpired(key: ApiKeyEntity): void {
  if (key.expiresAt === null || key.expiresAt > key.createdAt) return;
  throw new ValidationError('Send an expires_at that is in the future.', [
    { pointer: '/expires_at', message: 'must be in the future' },
  ]);
}
