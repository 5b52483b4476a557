import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { ApprovedVersionEntity, type PromptEntity } from '../../../entities/index.js';

type PromptKey = Pick<PromptEntity, 'projectId' | 'promptId'>;

/** Where the pointers of a prompt stand, where they stood, and what may stand in protected environments. */
@Injectable()
export class PointersRepository {
  async isApproved(
    tx: EntityManager,
    { projectId, promptId }: PromptKey,
    environment: string,
    versionId: string,
  ): Promise<boolean> {
    return tx.existsBy(ApprovedVersionEntity, { projectId, promptId, environment, versionId });
  }
}
