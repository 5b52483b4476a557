import { Injectable } from '@nestjs/common';
import { TenantScope } from '../../../infra/database/index.js';

export interface WatchedRollout {
  readonly projectId: string;
  readonly rolloutId: string;
}

const LIST = `SELECT project_id AS "projectId", rollout_id AS "rolloutId" FROM ledger_list_watched_rollouts($1)`;

@Injectable()
export class WatchedRolloutsRepository {
  constructor(private readonly scope: TenantScope) {}

  /** Lists the rollouts of all projects that may need a look, the longest unwatched first. */
  list(most: number): Promise<WatchedRollout[]> {
    return this.scope.system<WatchedRollout & Record<string, unknown>>(LIST, [most]);
  }
}
