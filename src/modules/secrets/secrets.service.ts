import { Injectable } from '@nestjs/common';
import type { ProjectSecretEntity } from '../../entities/index.js';
import { TenantScope } from '../../infra/database/index.js';
import { CallbackUrlPolicy } from '../../infra/outbound/index.js';
import { ValidationError } from '../../kernel/index.js';
import { AuditService } from '../audit/index.js';
import type { Caller } from '../auth/index.js';
import { ProviderRegistry } from '../providers/index.js';
import { NoSecretTakenError, SecretNotFoundError } from './errors.js';
import { fingerprintSecret, SecretSealer } from './sealing/secret-sealer.js';
import { SecretWatch } from './secret-watch.js';
import type { PutSecretDto, SecretDto, SecretListDto } from './secrets.dto.js';
import { SecretsRepository } from './secrets.repository.js';

/** Keys that projects have of their own for providers. Nobody reads one back. */
@Injectable()
export class SecretsService {
  constructor(
    private readonly scope: TenantScope,
    private readonly secrets: SecretsRepository,
    private readonly sealer: SecretSealer,
    private readonly registry: ProviderRegistry,
    private readonly policy: CallbackUrlPolicy,
    private readonly audit: AuditService,
    private readonly watch: SecretWatch,
  ) {}

  /**
   * Keeps a key, in place of the one of before. Within 5 seconds every process calls with it.
   * @throws ProviderNotFoundError `PROVIDER_NOT_FOUND` | SecretsNotConfiguredError `SECRETS_NOT_CONFIGURED`
   * @throws ValidationError `VALIDATION_FAILED` for a provider without a key, and an address that may not be reached.
   */
  async put(
    caller: Caller,
    provider: string,
    { api_key: key, base_url = null }: PutSecretDto,
  ): Promise<SecretDto> {
    const { projectId } = caller;
    const origin = this.chooseOrigin(provider, base_url);
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
   * From then on the project calls with the key of the operator, if there is one.
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

  /** So that this process calls with it at once. What is written is written, whether the look succeeds or not. */
  private async lookAgain(): Promise<void> {
    await this.watch.refresh().catch(() => undefined);
  }

  /** Chooses the host that the key will be sent to, and is then bound to. */
  private chooseOrigin(provider: string, baseUrl: string | null): string {
    if (!this.registry.takesSecret(provider)) throw new NoSecretTakenError(provider);
    if (baseUrl !== null) this.assertAddress(provider, baseUrl);
    const origin = this.registry.findOrigin(provider, baseUrl);
    if (origin !== null) return origin;
    throw new ValidationError(`Send a base_url: the operator has configured no address for "${provider}".`, [
      { pointer: '/base_url', message: 'is missing' },
    ]);
  }

  private assertAddress(provider: string, baseUrl: string): void {
    const fail = (message: string) => {
      throw new ValidationError(`Send another base_url: it ${message}.`, [{ pointer: '/base_url', message }]);
    };
    if (!this.registry.takesBaseUrl(provider)) fail(`cannot be chosen for provider "${provider}"`);
    this.policy.assertAllowed(baseUrl, '/base_url');
    if (/[?#]/.test(baseUrl)) fail('must have neither a query nor a fragment');
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
