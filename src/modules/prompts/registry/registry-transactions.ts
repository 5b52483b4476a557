import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { TenantScope } from '../../../infra/database/index.js';
import { RegistryWatch } from './registry-watch.js';

/** The result of a transaction that may have changed a prompt. */
export interface RegistryOutcome {
  readonly promptName: string;
  /** The prompt's revision now; null when nothing changed. */
  readonly revision: number | null;
}

/** Runs transactions that change prompts. */
@Injectable()
export class RegistryTransactions {
  constructor(
    private readonly scope: TenantScope,
    private readonly watch: RegistryWatch,
  ) {}

  /** Runs one transaction, and applies its changes to the caches of this process before the caller gets an answer. */
  async run<Outcome extends RegistryOutcome>(
    projectId: string,
    work: (tx: EntityManager) => Promise<Outcome>,
  ): Promise<Outcome> {
    const outcome = await this.scope.transaction(projectId, work);
    const { promptName, revision } = outcome;
    if (revision !== null) this.watch.apply(projectId, promptName, revision);
    return outcome;
  }
}
