import { Injectable } from '@nestjs/common';
import type { ApiKeyEntity } from '../../entities/index.js';
import { TenantScope } from '../../infra/database/index.js';
import { parseRfc3339 } from '../../infra/http/index.js';
import { ValidationError } from '../../kernel/index.js';
import { AuditService } from '../audit/index.js';
import { Authenticator } from './authenticator.js';
import type { Caller, KeyRateLimits } from './caller.js';
import { ForbiddenError, KeyNotFoundError } from './errors.js';
import { formatKey, newSecret } from './key-secret.js';
import type { ChangeKeyDto, CreatedKeyDto, CreateKeyDto, KeyDto, KeyListDto } from './keys.dto.js';
import { KeysRepository } from './keys.repository.js';
import { SecretHasher } from './secret-hasher.js';

@Injectable()
export class KeysService {
  constructor(
    private readonly hasher: SecretHasher,
    private readonly scope: TenantScope,
    private readonly keys: KeysRepository,
    private readonly audit: AuditService,
    private readonly authenticator: Authenticator,
  ) {}

  /**
   * Makes a key; the answer is the only place where it ever stands.
   * @throws ForbiddenError `FORBIDDEN` when the caller lacks a scope that it hands out.
   * @throws ValidationError `VALIDATION_FAILED` when it would be expired from the start.
   */
  async create(caller: Caller, request: CreateKeyDto): Promise<CreatedKeyDto> {
    const beyond = request.scopes.filter((scope) => !caller.scopes.has(scope));
    if (beyond.length > 0) {
      throw new ForbiddenError(
        beyond,
        `A key can only hand out scopes it has itself; yours lacks ${beyond.join(', ')}.`,
      );
    }
    const secret = newSecret();
    const entity = await this.scope.transaction(caller.projectId, async (tx) => {
      const inserted = await this.keys.insert(tx, {
        projectId: caller.projectId,
        name: request.name,
        secretHmac: this.hasher.hash(secret),
        scopes: request.scopes,
        expiresAt: request.expires_at == null ? null : parseRfc3339(request.expires_at),
        requestsPerMinute: request.rate_limits?.requests_per_minute ?? null,
        tokensPerMinute: request.rate_limits?.tokens_per_minute ?? null,
      });
      assertNotExpired(inserted);
      const { name, scopes, expiresAt: expires_at } = inserted;
      const after = { name, scopes, expires_at, rate_limits: rateLimitsView(inserted) };
      await this.audit.append(tx, caller, { action: 'key.create', subject: `key/${inserted.keyId}`, after });
      return inserted;
    });
    return { ...toDto(entity), key: formatKey({ keyId: entity.keyId, secret }) };
  }

  async list(caller: Caller): Promise<KeyListDto> {
    const entities = await this.scope.transaction(caller.projectId, (tx) =>
      this.keys.list(tx, caller.projectId),
    );
    return { keys: entities.map(toDto) };
  }

  /**
   * What is left out of the limits stays as it is. Who may write keys may change those of their own.
   * @throws KeyNotFoundError `KEY_NOT_FOUND`
   */
  async change(caller: Caller, keyId: string, { rate_limits: wanted }: ChangeKeyDto): Promise<KeyDto> {
    const changed = await this.scope.transaction(caller.projectId, async (tx) => {
      const key = await this.keys.findForUpdate(tx, caller.projectId, keyId);
      if (key === null) throw new KeyNotFoundError(keyId);
      const { requests_per_minute: requests, tokens_per_minute: tokens } = wanted;
      const limits = {
        requestsPerMinute: requests === undefined ? key.requestsPerMinute : requests,
        tokensPerMinute: tokens === undefined ? key.tokensPerMinute : tokens,
      };
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
    return toDto(changed);
  }

  /** @throws KeyNotFoundError `KEY_NOT_FOUND` */
  async revoke(caller: Caller, keyId: string): Promise<void> {
    await this.scope.transaction(caller.projectId, async (tx) => {
      if (!(await this.keys.revoke(tx, caller.projectId, keyId))) throw new KeyNotFoundError(keyId);
      await this.audit.append(tx, caller, { action: 'key.revoke', subject: `key/${keyId}` });
    });
    this.authenticator.forget(keyId);
  }
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
  };
}

function rateLimitsView({ requestsPerMinute, tokensPerMinute }: KeyRateLimits): KeyDto['rate_limits'] {
  return { requests_per_minute: requestsPerMinute, tokens_per_minute: tokensPerMinute };
}
