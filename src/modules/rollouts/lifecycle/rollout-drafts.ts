import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { RolloutFinalError, RolloutNotFoundError, RolloutStatusError } from '../errors.js';
import { isFinal } from './rollout-state.js';
import { type RolloutRecord, RolloutsRepository } from './rollouts.repository.js';

/** Finds rollouts that can still be started, for the approval of their start. */
@Injectable()
export class RolloutDrafts {
  constructor(private readonly rollouts: RolloutsRepository) {}

  /** @throws RolloutNotFoundError `ROLLOUT_NOT_FOUND` | RolloutFinalError `ROLLOUT_FINAL` | RolloutStatusError `ROLLOUT_STATUS` */
  async get(tx: EntityManager, projectId: string, rolloutId: string): Promise<RolloutRecord> {
    const found = await this.rollouts.find(tx, projectId, rolloutId);
    if (found === null) throw new RolloutNotFoundError(rolloutId);
    const { status } = found;
    if (isFinal(status)) throw new RolloutFinalError(rolloutId, status);
    if (status !== 'draft') throw new RolloutStatusError(rolloutId, status, ['draft']);
    return found;
  }
}
