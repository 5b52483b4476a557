import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { ProjectSecretEntity } from '../../entities/index.js';
import { TenantScope } from '../../infra/database/index.js';
import type { SealedSecret, SecretPlace } from './sealing/secret-sealer.js';

export type NewSecret = SecretPlace & SealedSecret & Pick<ProjectSecretEntity, 'baseUrl' | 'fingerprint'>;

export const SECRETS_CHANNEL = 'prompt_ledger_secrets';
/** Says only that something has changed. */
const NOTIFY = `SELECT pg_notify('${SECRETS_CHANNEL}', '')`;

/** The provider and revision of each secret, by project, to tell whether a project's secrets have changed. */
export type Revisions = ReadonlyMap<string, string>;

@Injectable()
export class SecretsRepository {
  constructor(private readonly scope: TenantScope) {}

  /** Lists projects that have secrets, across all projects. */
  async listRevisions(): Promise<Revisions> {
    const rows = await this.scope.system<{ project_id: string; revisions: string }>(
      'SELECT project_id, revisions FROM ledger_secret_revisions()',
    );
    return new Map(rows.map(({ project_id: id, revisions }) => [id, revisions]));
  }

  /** Lists by provider. */
  async list(tx: EntityManager, projectId: string): Promise<ProjectSecretEntity[]> {
    return tx.find(ProjectSecretEntity, { where: { projectId }, order: { provider: 'ASC' } });
  }

  async find(tx: EntityManager, projectId: string, provider: string): Promise<ProjectSecretEntity | null> {
    return tx.findOneBy(ProjectSecretEntity, { projectId, provider });
  }

  /** Finds a secret like {@link find}, and locks it until the transaction ends. */
  async findLocked(
    tx: EntityManager,
    projectId: string,
    provider: string,
  ): Promise<ProjectSecretEntity | null> {
    return tx.findOne(ProjectSecretEntity, {
      where: { projectId, provider },
      lock: { mode: 'pessimistic_write' },
    });
  }

  async put(tx: EntityManager, secret: NewSecret): Promise<void> {
    await tx.query(
      `INSERT INTO project_secrets (project_id, provider, origin, base_url, sealed_key, wrapped_key, wrapped_by, fingerprint)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
       ON CONFLICT (project_id, provider) DO UPDATE SET origin = excluded.origin, base_url = excluded.base_url,
         sealed_key = excluded.sealed_key, wrapped_key = excluded.wrapped_key, wrapped_by = excluded.wrapped_by,
         fingerprint = excluded.fingerprint, revision = excluded.revision, updated_at = now()`,
      [
        secret.projectId,
        secret.provider,
        secret.origin,
        secret.baseUrl,
        secret.sealedKey,
        secret.wrappedKey,
        secret.wrappedBy,
        secret.fingerprint,
      ],
    );
    await tx.query(NOTIFY);
  }

  async rewrap(
    tx: EntityManager,
    { projectId, provider }: SecretPlace,
    { wrappedKey, wrappedBy }: Pick<SealedSecret, 'wrappedKey' | 'wrappedBy'>,
  ): Promise<void> {
    await tx.update(ProjectSecretEntity, { projectId, provider }, { wrappedKey, wrappedBy });
  }

  async delete(tx: EntityManager, projectId: string, provider: string): Promise<void> {
    await tx.delete(ProjectSecretEntity, { projectId, provider });
    await tx.query(NOTIFY);
  }
}
