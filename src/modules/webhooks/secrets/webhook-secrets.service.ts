import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { WebhookSecretEntity } from '../../../entities/index.js';
import { AppConfig } from '../../../infra/config/index.js';
import { TenantScope } from '../../../infra/database/index.js';
import { type Actor, AuditService, systemActor } from '../../audit/index.js';
import { deriveSigningKey, formatSecret } from './signing.js';
import { WebhookSecretsRepository } from './webhook-secrets.repository.js';
import type { RotatedWebhookSecretDto, WebhookSecretDto } from './webhook-secrets.dto.js';

const SALT_BYTES = 32;
/** One day to give receivers the new secret one by one. */
const OVERLAP_MS = 24 * 60 * 60 * 1000;
const SUBJECT = 'webhook_secret';

/** The secrets that sign a project's events. */
@Injectable()
export class WebhookSecretsService {
  private readonly keyHashSecret: string;

  constructor(
    { backends }: AppConfig,
    private readonly scope: TenantScope,
    private readonly secrets: WebhookSecretsRepository,
    private readonly audit: AuditService,
  ) {
    if (backends.keyHashSecret === null) throw new Error('a process that signs needs KEY_HASH_SECRET');
    this.keyHashSecret = backends.keyHashSecret;
  }

  /** Returns the current secret, created if there is none yet. Whoever has it can forge events, so reading it is audited too. */
  async get(actor: Actor): Promise<WebhookSecretDto> {
    const secret = await this.scope.transaction(actor.projectId, async (tx) => {
      await this.audit.append(tx, actor, { action: 'webhook_secret.read', subject: SUBJECT });
      return this.findOrMake(tx, actor);
    });
    return this.toDto(secret);
  }

  /** Creates a new secret. The previous one also signs for a day, and an older one no longer does. */
  async rotate(actor: Actor): Promise<RotatedWebhookSecretDto> {
    return this.scope.transaction(actor.projectId, async (tx) => {
      await this.secrets.lock(tx, actor.projectId);
      const previous = await this.secrets.find(tx, actor.projectId);
      const previousExpiresAt = await this.secrets.retire(tx, actor.projectId, OVERLAP_MS);
      const secret = await this.secrets.insert(tx, actor.projectId, randomBytes(SALT_BYTES));
      await this.audit.append(tx, actor, {
        action: 'webhook_secret.rotate',
        subject: SUBJECT,
        subjectId: secret.secretId,
        before: previous === null ? null : toFacts(previous),
        after: { ...toFacts(secret), previous_expires_at: previousExpiresAt },
      });
      return { ...this.toDto(secret), previous_expires_at: previousExpiresAt?.toISOString() ?? null };
    });
  }

  /** @param salts of the valid keys. A project without any gets its first. */
  async signingKeys(projectId: string, salts: readonly Buffer[]): Promise<Buffer[]> {
    const known = salts.length > 0 ? salts : [await this.firstSalt(projectId)];
    return known.map((salt) => deriveSigningKey(this.keyHashSecret, projectId, salt));
  }

  private async firstSalt(projectId: string): Promise<Buffer> {
    const actor = systemActor(projectId);
    return (await this.scope.transaction(projectId, (tx) => this.findOrMake(tx, actor))).salt;
  }

  private async findOrMake(tx: EntityManager, actor: Actor): Promise<WebhookSecretEntity> {
    const { projectId } = actor;
    const found = await this.secrets.find(tx, projectId);
    if (found !== null) return found;
    await this.secrets.lock(tx, projectId);
    const made = await this.secrets.find(tx, projectId);
    if (made !== null) return made;
    const first = await this.secrets.insert(tx, projectId, randomBytes(SALT_BYTES));
    await this.audit.append(tx, actor, {
      action: 'webhook_secret.create',
      subject: SUBJECT,
      subjectId: first.secretId,
      after: toFacts(first),
    });
    return first;
  }

  private toDto({ projectId, salt, createdAt }: WebhookSecretEntity): WebhookSecretDto {
    const secret = formatSecret(deriveSigningKey(this.keyHashSecret, projectId, salt));
    return { secret, created_at: createdAt.toISOString() };
  }
}

/** Returns the facts about a secret for the audit log, without its value. */
function toFacts({ secretId: secret_id, createdAt: created_at }: WebhookSecretEntity) {
  return { secret_id, created_at };
}
