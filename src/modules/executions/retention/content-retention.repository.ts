import { Injectable } from '@nestjs/common';
import { TenantScope } from '../../../infra/database/index.js';

/** Content that is past its days, or may be. */
export interface ExpiringContent {
  readonly projectId: string;
  readonly environment: string;
}

export interface DroppedWeek {
  /** The name of the partition; null when none was dropped. */
  readonly name: string | null;
  /** The table was in use. A drop must not block others, so it is tried again later. */
  readonly isBusy: boolean;
}

/** Each method calls one function of the owner in a short transaction. The function follows the settings of the projects. */
@Injectable()
export class ContentRetentionRepository {
  constructor(private readonly scope: TenantScope) {}

  async listExpiring(): Promise<ExpiringContent[]> {
    return this.scope.system<ExpiringContent & Record<string, unknown>>(
      'SELECT project_id AS "projectId", environment FROM ledger_list_expiring()',
    );
  }

  /** Erases the oldest. @returns how many; fewer than `most` when that is all. */
  async expire({ projectId, environment }: ExpiringContent, most: number): Promise<number> {
    const text = 'SELECT ledger_expire_content($1, $2, $3) AS erased';
    const [row] = await this.scope.system<{ erased: number }>(text, [projectId, environment, most]);
    return row?.erased ?? 0;
  }

  /** Drops one partition of a week whose content is past its days everywhere. */
  async dropWeek(): Promise<DroppedWeek> {
    const [row] = await this.scope.system<DroppedWeek & Record<string, unknown>>(
      'SELECT dropped AS name, is_busy AS "isBusy" FROM ledger_drop_expired_week()',
    );
    return row as DroppedWeek;
  }
}
