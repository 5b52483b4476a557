import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { ApiKeyEntity } from '../../entities/index.js';
import { AppConfig } from '../../infra/config/index.js';
import { TenantScope } from '../../infra/database/index.js';
import { parseRfc3339 } from '../../infra/http/index.js';
import { ValidationError } from '../../kernel/index.js';
import { AuditService } from '../audit/index.js';
import { Authenticator } from './authenticator.js';
import type { Caller, KeyRateLimits } from './caller.js';
import { ForbiddenError, KeyNotFoundError, UnauthorizedError } from './errors.js';
import { formatKey, newSecret } from './key-secret.js';
import { findExcess, inheritedLimit, type KeyWidth } from './key-width.js';
import type { ChangeKeyDto, CreatedKeyDto, CreateKeyDto, KeyDto, KeyListDto } from './keys.dto.js';
import { KeysRepository } from './keys.repository.js';
import { isScope, type Scope } from './scopes.js';
import { SecretHasher } from './secret-hasher.js';

/** Keys that make keys that make keys: a few levels are use, many are none. */
const MOST_ANCESTORS = 8;

@Injectable()
export class KeysService {
  constructor(
    private readonly config: AppConfig,
    private readonly hasher: SecretHasher,
    private readonly scope: TenantScope,
    private readonly keys: KeysRepository,
    private readonly audit: AuditService,
    private readonly authenticator: Authenticator,
  ) {}

  /**
   * Makes a key; the answer is the only place where it ever stands. A key hands on at most what it has itself, and what is
   * left out of its expiry and limits is its own.
   * @throws ForbiddenError `FORBIDDEN` when it would be wider than the caller's key.
   * @throws ValidationError `VALIDATION_FAILED` when it would be expired from the start.
   */
  async create(caller: Caller, request: CreateKeyDto): Promise<CreatedKeyDto> {
    assertOwnScopes(caller, request.scopes);
    const secret = newSecret();
    const entity = await this.scope.transaction(caller.projectId, async (tx) => {
      const maker = await this.findOwn(tx, caller);
      const width = this.widthOf(request, maker);
      if (maker !== null) this.assertWithin(maker, width, 'A key can only hand out what it has itself');
      const inserted = await this.keys.insert(tx, {
        projectId: caller.projectId,
        name: request.name,
        secretHmac: this.hasher.hash(secret),
        ...width,
        ancestors: maker === null ? [] : lineOf(maker),
      });
      assertNotExpired(inserted);
      const { name, scopes, expiresAt: expires_at } = inserted;
      const after = { name, scopes, expires_at, rate_limits: rateLimitsView(inserted) };
      await this.audit.append(tx, caller, {
        action: 'key.create',
        subject: `key/${inserted.keyId}`,
        subjectId: inserted.keyId,
        after,
      });
      return inserted;
    });
    this.authenticator.forget(entity.keyId);
    return { ...toDto(entity), key: formatKey({ keyId: entity.keyId, secret }) };
  }

  async list(caller: Caller): Promise<KeyListDto> {
    const entities = await this.scope.transaction(caller.projectId, (tx) =>
      this.keys.list(tx, caller.projectId),
    );
    return { keys: entities.map(toDto) };
  }

  /**
   * What is left out of the limits stays as it is. A key changes none that may do more than itself, and gives none more than
   * it has, itself included.
   * @throws KeyNotFoundError `KEY_NOT_FOUND` | ForbiddenError `FORBIDDEN`
   */
  async change(caller: Caller, keyId: string, { rate_limits: wanted }: ChangeKeyDto): Promise<KeyDto> {
    const changed = await this.scope.transaction(caller.projectId, async (tx) => {
      const key = await this.keys.findForUpdate(tx, caller.projectId, keyId);
      if (key === null) throw new KeyNotFoundError(keyId);
      const own = await this.findOwn(tx, caller);
      if (own !== null)
        this.assertWithin(own, key, 'A key can only change keys that may do no more than itself');
      const { requests_per_minute: requests, tokens_per_minute: tokens } = wanted;
      const limits = {
        requestsPerMinute: requests === undefined ? key.requestsPerMinute : requests,
        tokensPerMinute: tokens === undefined ? key.tokensPerMinute : tokens,
      };
      if (own !== null) {
        this.assertWithin(own, { ...key, ...limits }, 'A key can only give what it has itself');
      }
      await this.keys.setRateLimits(tx, key, limits);
      await this.audit.append(tx, caller, {
        action: 'key.change',
        subject: `key/${keyId}`,
        subjectId: keyId,
        before: { name: key.name, rate_limits: rateLimitsView(key) },
        after: { name: key.name, rate_limits: rateLimitsView(limits) },
      });
      return { ...key, ...limits };
    });
    this.authenticator.forget(keyId);
    return toDto(changed);
  }

  /**
   * A key revokes itself, and others that may do no more than it. Those that it made stay.
   * @throws KeyNotFoundError `KEY_NOT_FOUND` | ForbiddenError `FORBIDDEN`
   */
  async revoke(caller: Caller, keyId: string): Promise<void> {
    await this.scope.transaction(caller.projectId, async (tx) => {
      const key = await this.keys.findForUpdate(tx, caller.projectId, keyId);
      if (key === null) throw new KeyNotFoundError(keyId);
      const own = await this.findOwn(tx, caller);
      if (own !== null) {
        this.assertWithin(own, key, 'A key can only revoke keys that may do no more than itself');
      }
      if (!(await this.keys.revoke(tx, caller.projectId, keyId))) throw new KeyNotFoundError(keyId);
      const { name, scopes, expiresAt: expires_at, revokedAt } = key;
      await this.audit.append(tx, caller, {
        action: 'key.revoke',
        subject: `key/${keyId}`,
        subjectId: keyId,
        before: { name, scopes, expires_at, revoked: revokedAt !== null },
        after: { name, scopes, expires_at, revoked: true },
      });
    });
    this.authenticator.forget(keyId);
  }

  /** The caller's key as it is now, not as it was when it was authenticated; null for the admin, who is bound by nothing. */
  private async findOwn(tx: EntityManager, { projectId, keyId }: Caller): Promise<ApiKeyEntity | null> {
    if (keyId === null) return null;
    const own = await this.keys.find(tx, projectId, keyId);
    if (own === null || own.revokedAt !== null) throw new UnauthorizedError();
    return own;
  }

  /** What was asked for, and what was left out. */
  private widthOf(
    { scopes, expires_at: expiresAt, rate_limits: limits }: CreateKeyDto,
    maker: ApiKeyEntity | null,
  ): KeyWidth {
    const { RATE_LIMIT_KEY_REQUESTS: requests, RATE_LIMIT_KEY_TOKENS: tokens } = this.config.env;
    const limitOf = (asked: number | null | undefined, ofMaker: number | null | undefined, usual: number) =>
      asked === undefined ? inheritedLimit(ofMaker ?? null, usual) : asked;
    return {
      scopes,
      expiresAt:
        expiresAt === undefined
          ? (maker?.expiresAt ?? null)
          : expiresAt === null
            ? null
            : parseRfc3339(expiresAt),
      requestsPerMinute: limitOf(limits?.requests_per_minute, maker?.requestsPerMinute, requests),
      tokensPerMinute: limitOf(limits?.tokens_per_minute, maker?.tokensPerMinute, tokens),
    };
  }

  /** @throws ForbiddenError `FORBIDDEN` */
  private assertWithin(own: ApiKeyEntity, key: KeyWidth, rule: string): void {
    const excess = findExcess(key, own, this.config.env);
    if (excess.length === 0) return;
    throw new ForbiddenError(
      excess.filter(isScope),
      `${rule}; this goes beyond yours in ${excess.join(', ')}.`,
    );
  }
}

/** Before anything is looked up, so that who lacks a scope is told of it and of nothing else. */
function assertOwnScopes(caller: Caller, scopes: readonly Scope[]): void {
  const beyond = scopes.filter((scope) => !caller.scopes.has(scope));
  if (beyond.length === 0) return;
  throw new ForbiddenError(
    beyond,
    `A key can only hand out scopes it has itself; yours lacks ${beyond.join(', ')}.`,
  );
}

/** @throws ForbiddenError `FORBIDDEN` where a line of keys has become too long: each of them is counted with every request. */
function lineOf({ keyId, ancestors }: ApiKeyEntity): string[] {
  if (ancestors.length < MOST_ANCESTORS) return [keyId, ...ancestors];
  throw new ForbiddenError(
    [],
    `This key comes from ${MOST_ANCESTORS} others already and can make none; use one of those.`,
  );
}

/** `createdAt` is the database's now, the clock by which the key will be judged. */
function assertNotExpired(key: ApiKeyEntity): void {
  if (key.expiresAt === null || key.expiresAt > key.createdAt) return;
  throw new ValidationError('Send an expires_at that is in the future.', [
    { pointer: '/expires_at', message: 'must be in the future' },
  ]);
}

function toDto(key: ApiKeyEntity): KeyDto {
  return {
    key_id: key.keyId,
    name: key.name,
    scopes: key.scopes as KeyDto['scopes'],
    created_at: key.createdAt.toISOString(),
    expires_at: key.expiresAt?.toISOString() ?? null,
    revoked_at: key.revokedAt?.toISOString() ?? null,
    last_used_at: key.lastUsedAt?.toISOString() ?? null,
    rate_limits: rateLimitsView(key),
    made_by: key.ancestors[0] ?? null,
  };
}

function rateLimitsView({ requestsPerMinute, tokensPerMinute }: KeyRateLimits): KeyDto['rate_limits'] {
  return { requests_per_minute: requestsPerMinute, tokens_per_minute: tokensPerMinute };
}
