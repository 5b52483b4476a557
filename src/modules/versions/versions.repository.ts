import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { PromptVersionEntity } from '../../entities/index.js';
import { writeJson } from '../../kernel/index.js';

/** The prompt that versions belong to. */
export interface PromptKey {
  readonly projectId: string;
  readonly promptId: string;
}

export type NewVersion = Omit<
  PromptVersionEntity,
  'versionId' | 'createdAt' | 'firstRegistration' | 'latestRegistration' | 'settings'
>;

@Injectable()
export class VersionsRepository {
  async findByChecksum(
    tx: EntityManager,
    { projectId, promptId }: PromptKey,
    checksumHash: string,
  ): Promise<PromptVersionEntity | null> {
    return tx.findOneBy(PromptVersionEntity, { projectId, promptId, checksumHash });
  }

  /** Returns 0 when the prompt has no version yet. */
  async highestNumber(tx: EntityManager, { projectId, promptId }: PromptKey): Promise<number> {
    return (await tx.maximum(PromptVersionEntity, 'versionNumber', { projectId, promptId })) ?? 0;
  }

  async insert(tx: EntityManager, version: NewVersion): Promise<PromptVersionEntity> {
    // TypeORM would serialise the values of a JSON column, and lose the exact text that they keep.
    const content = version.content === null ? null : writeJson(version.content);
    await tx
      .createQueryBuilder()
      .insert()
      .into(PromptVersionEntity)
      .values({ ...version, content: () => 'CAST(:content AS json)' })
      .setParameter('content', content)
      .execute();
    const { projectId, promptId, versionNumber } = version;
    return tx.findOneByOrFail(PromptVersionEntity, { projectId, promptId, versionNumber });
  }

  /** @param settings JSON text, or null. */
  async updateSettings(
    tx: EntityManager,
    { projectId, versionId }: Pick<PromptVersionEntity, 'projectId' | 'versionId'>,
    settings: string | null,
  ): Promise<void> {
    await tx.query(
      'UPDATE prompt_versions SET settings = $3::json WHERE project_id = $1 AND version_id = $2',
      [projectId, versionId, settings],
    );
  }
}
