import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../../infra/config/index.js';
import { isDatabaseOutage, TenantScope } from '../../../infra/database/index.js';
import { wasWrittenBeforeOutage } from '../queue/after-outage.js';
import type { StoredAnswer, UsedKey } from '../idempotency/index.js';
import { findBegun } from '../record/index.js';

export interface NewRecordings {
  readonly projectId: string;
  /** In order; may be empty. */
  readonly executionIds: readonly string[];
  /** One `recordedRow` for each, as JSON text. */
  readonly rows: readonly string[];
  readonly key: UsedKey | null;
  readonly answer: StoredAnswer;
}

@Injectable()
export class RecordingRepository {
  constructor(
    private readonly scope: TenantScope,
    private readonly config: AppConfig,
  ) {}

  /** @returns false when the key is taken; then nothing was written. */
  async insert(recordings: NewRecordings): Promise<boolean> {
    const { projectId, executionIds, rows, key, answer } = recordings;
    const answered = [answer.status, JSON.stringify(answer.headers), answer.body];
    const keyed = [
      key?.route,
      key?.key,
      key?.fingerprint,
      ...answered,
      this.config.env.IDEMPOTENCY_TTL_HOURS,
    ];
    try {
      const [row] = await this.scope.statement<{ recorded: boolean }>(projectId, {
        name: 'record',
        text: 'SELECT ledger_record($1::json, $2, $3, $4, $5, $6, $7::json, $8, $9) AS recorded',
        values: [`[${rows.join(',')}]`, projectId, ...keyed],
      });
      return row?.recorded === true;
    } catch (error) {
      const [first] = executionIds;
      if (first === undefined || !isDatabaseOutage(error)) throw error;
      if (!(await wasWrittenBeforeOutage(() => this.isThere(projectId, first)))) throw error;
      return true;
    }
  }

  private async isThere(projectId: string, executionId: string): Promise<boolean> {
    const entries = [{ project_id: projectId, execution_id: executionId }];
    return (await findBegun(this.scope, entries)).size > 0;
  }
}
