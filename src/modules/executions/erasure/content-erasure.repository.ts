import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

/** `erased_before` changes nothing, because content is erased once. */
export interface Erasure {
  readonly state: 'erased' | 'erased_before' | 'in_flight' | 'absent';
  /** Null when the content still exists, or the execution does not. */
  readonly erasedAt: Date | null;
}

/** The application's role may not change final executions. A function of the owner erases content, and does nothing else. */
@Injectable()
export class ContentErasureRepository {
  /** Erases in the transaction, which locks out late results of the project until it ends. */
  async erase(tx: EntityManager, projectId: string, executionId: string): Promise<Erasure> {
    const text = `SELECT e.state, e.erased_at AS "erasedAt" FROM ledger_erase_content($1, $2) AS e`;
    const [erasure] = await tx.query<Erasure[]>(text, [projectId, executionId]);
    return erasure as Erasure;
  }
}
