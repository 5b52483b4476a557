import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { IsNull } from 'typeorm';
import { WebhookSecretEntity } from '../../../entities/index.js';

/** Ends the current secret after the overlap, and one already in its overlap at once, so that at most two are valid. */
const RETIRE = `
  UPDATE webhook_secrets
  SET expires_at = CASE WHEN expires_at IS NULL THEN now() + make_interval(secs => $2::double precision / 1000) ELSE now() END
  WHERE project_id = $1 AND (expires_at IS NULL OR expires_at > now())
  RETURNING expires_at, expires_at > now() AS overlaps`;

@Injectable()
export class WebhookSecretsRepository {
  /** Locks until the end of the transaction, so that concurrent rotations run one after the other. */
  async lock(tx: EntityManager, projectId: string): Promise<void> {
    await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended('webhook_secrets ' || $1, 0))`, [
      projectId,
    ]);
  }

  /** Finds the current secret. */
  async find(tx: EntityManager, projectId: string): Promise<WebhookSecretEntity | null> {
    return tx.findOneBy(WebhookSecretEntity, { projectId, expiresAt: IsNull() });
  }

  async insert(tx: EntityManager, projectId: string, salt: Buffer): Promise<WebhookSecretEntity> {
    await tx.insert(WebhookSecretEntity, { projectId, salt });
    return tx.findOneByOrFail(WebhookSecretEntity, { projectId, expiresAt: IsNull() });
  }

  /** @returns until when the previously current secret still signs; null if there was none. */
  async retire(tx: EntityManager, projectId: string, overlapMs: number): Promise<Date | null> {
    const [rows] = await tx.query<[{ expires_at: Date; overlaps: boolean }[], number]>(RETIRE, [
      projectId,
      overlapMs,
    ]);
    return rows.find(({ overlaps }) => overlaps)?.expires_at ?? null;
  }
}
