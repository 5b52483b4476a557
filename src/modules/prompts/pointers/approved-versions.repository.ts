import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { ApprovedVersionEntity, type PromptEntity } from '../../../entities/index.js';

type PromptKey = Pick<PromptEntity, 'projectId' | 'promptId'>;

/** The versions that may run in protected environments without another approval. */
@Injectable()
export class ApprovedVersionsRepository {
  async isApproved(
    tx: EntityManager,
    { projectId, promptId }: PromptKey,
    environment: string,
    versionId: string,
  ): Promise<boolean> {
    return tx.existsBy(ApprovedVersionEntity, { projectId, promptId, environment, versionId });
  }

  /** Approves a version from now on. An existing approval stays as it is. */
  async add(tx: EntityManager, approved: Omit<ApprovedVersionEntity, 'approvedAt'>): Promise<void> {
    await tx.createQueryBuilder().insert().into(ApprovedVersionEntity).values(approved).orIgnore().execute();
  }
}
