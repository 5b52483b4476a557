import { Injectable } from '@nestjs/common';
import type { ProjectSecretEntity } from '../../entities/index.js';
import { TenantScope } from '../../infra/database/index.js';
import { AuditService } from '../audit/index.js';
import type { Caller } from '../auth/index.js';
import { SecretNotFoundError } from './errors.js';
import { fingerprintSecret, SecretSealer } from './sealing/secret-sealer.js';
import { SecretOrigins } from './secret-origins.js';
import { SecretWatch } from './secret-watch.js';
import type { PutSecretDto, SecretDto, SecretListDto } from './secrets.dto.js';
import { SecretsRepository } from './secrets.repository.js';

/** Manages a project's own provider keys, which are write-only. */
@Injectable()
export class SecretsService {
  constructor(
    private readonly scope: TenantScope,
    private readonly secrets: SecretsRepository,
    private readonly sealer: SecretSealer,
    private readonly origins: SecretOrigins,
    private readonly audit: AuditService,
    private readonly watch: SecretWatch,
  ) {}

  /**
   * Stores or replaces a key. Within 5 seconds every process uses it.
   * @throws ProviderNotFoundError `PROVIDER_NOT_FOUND` | SecretsNotConfiguredError `SECRETS_NOT_CONFIGURED`
   * @throws ValidationError `VALIDATION_FAILED` for a provider that takes no key, and for a forbidden address.
   */
  async put(
    caller: Caller,
    provider: string,
    { api_key: key, base_url = null }: PutSecretDto,
  ): Promise<SecretDto> {
    const { projectId } = caller;
    const origin = this.origins.choose(provider, base_url);
    const sealed = this.sealer.seal({ projectId, provider, origin }, key);
    const put = await this.scope.transaction(projectId, async (tx) => {
      const before = await this.secrets.findLocked(tx, projectId, provider);
      const fingerprint = fingerprintSecret(key);
      await this.secrets.put(tx, { projectId, provider, origin, baseUrl: base_url, fingerprint, ...sealed });
      const after = await this.secrets.find(tx, projectId, provider);
      if (after === null) throw new Error('a secret that was put is there');
      await this.audit.append(tx, caller, {
        action: 'secret.put',
        subject: `secret/${provider}`,
        before: before === null ? null : toAudited(before),
        after: toAudited(after),
      });
      return toDto(after);
    });
    await this.lookAgain();
    return put;
  }

  async list(projectId: string): Promise<SecretListDto> {
    const secrets = await this.scope.transaction(projectId, (tx) => this.secrets.list(tx, projectId));
    return { secrets: secrets.map(toDto) };
  }

  /** @throws SecretNotFoundError `SECRET_NOT_FOUND` */
  async get(projectId: string, provider: string): Promise<SecretDto> {
    const secret = await this.scope.transaction(projectId, (tx) =>
      this.secrets.find(tx, projectId, provider),
    );
    if (secret === null) throw new SecretNotFoundError(provider);
    return toDto(secret);
  }

  /**
   * Deletes a key. From then on the project uses the operator's, if there is one.
   * @throws SecretNotFoundError `SECRET_NOT_FOUND`
   */
  async delete(caller: Caller, provider: string): Promise<void> {
    const { projectId } = caller;
    await this.scope.transaction(projectId, async (tx) => {
      const before = await this.secrets.findLocked(tx, projectId, provider);
      if (before === null) throw new SecretNotFoundError(provider);
      await this.secrets.delete(tx, projectId, provider);
      await this.audit.append(tx, caller, {
        action: 'secret.delete',
        subject: `secret/${provider}`,
        before: toAudited(before),
      });
    });
    await this.lookAgain();
  }

  /** Refreshes the keys of this process at once. The write stands even if that fails. */
  private async lookAgain(): Promise<void> {
    await this.watch.refresh().catch(() => undefined);
  }
}

function toDto(secret: ProjectSecretEntity): SecretDto {
  return {
    provider: secret.provider,
    fingerprint: secret.fingerprint,
    base_url: secret.baseUrl,
    host: secret.origin,
    created_at: secret.createdAt.toISOString(),
    updated_at: secret.updatedAt.toISOString(),
  };
}

function toAudited({ fingerprint, baseUrl, origin }: ProjectSecretEntity): object {
  return { fingerprint, base_url: baseUrl, host: origin };
}
