import { Injectable } from '@nestjs/common';
import { TenantScope } from '../../../infra/database/index.js';

/** A project and environment with content that has expired, or may have. */
export interface ExpiringContent {
  readonly projectId: string;
  readonly environment: string;
}

export interface DroppedWeek {
  /** The name of the partition; null when none was dropped. */
  readonly name: string | null;
  /** Whether the table was in use. A drop must not block others, so it is retried later. */
  readonly isBusy: boolean;
}

/** Calls one function of the owner per method, in a short transaction. The functions follow the settings of the projects. */
@Injectable()
export class ContentRetentionRepository {
  constructor(private readonly scope: TenantScope) {}

  async listExpiring(): Promise<ExpiringContent[]> {
    return this.scope.system<ExpiringContent & Record<string, unknown>>(
      'SELECT project_id AS "projectId", environment FROM ledger_list_expiring()',
    );
  }

  /** Erases the oldest content. @returns the number erased; fewer than `most` when no more is left. */
  async expire({ projectId, environment }: ExpiringContent, most: number): Promise<number> {
    const text = 'SELECT ledger_expire_content($1, $2, $3) AS erased';
    const [row] = await this.scope.system<{ erased: number }>(text, [projectId, environment, most]);
    return row?.erased ?? 0;
  }

  /** Drops one partition of a week whose content has expired in every project. */
  async dropWeek(): Promise<DroppedWeek> {
    const [row] = await this.scope.system<DroppedWeek & Record<string, unknown>>(
      'SELECT dropped AS name, is_busy AS "isBusy" FROM ledger_drop_expired_week()',
    );
    return row as DroppedWeek;
  }
}
