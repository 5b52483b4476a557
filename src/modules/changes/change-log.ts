import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { ChangeStatus } from '../../entities/index.js';
import { AuditService } from '../audit/index.js';
import type { Caller } from '../auth/index.js';
import { type ChangeRecord, ChangesRepository } from './changes.repository.js';

/** Writes changes to the audit log. */
@Injectable()
export class ChangeLog {
  constructor(
    private readonly changes: ChangesRepository,
    private readonly audit: AuditService,
  ) {}

  /** @param after the fields with new values. The status before is that of `change`. */
  async append(
    tx: EntityManager,
    caller: Caller,
    change: ChangeRecord,
    action: string,
    after: object,
    reason: string | null,
  ): Promise<void> {
    const { changeId, promptName, environment, status, review } = change;
    const which = { prompt_name: promptName, environment };
    await this.audit.append(tx, caller, {
      action,
      subject: `change/${changeId}`,
      before: { ...which, status, ...(review === null ? {} : { review }) },
      after: { ...which, ...after },
      reason,
    });
  }

  /** Records what happened to a change without an action, such as its expiry, when first noticed. @param to null to record nothing. */
  async settle(
    tx: EntityManager,
    caller: Caller,
    change: ChangeRecord,
    to: ChangeStatus | null,
  ): Promise<void> {
    if (to === null) return;
    await this.changes.progress(tx, caller.projectId, change.changeId, { status: to });
    await this.append(tx, caller, change, `change.${to === 'open' ? 'reopen' : to}`, { status: to }, null);
  }
}
