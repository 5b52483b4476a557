import type { ChangeDecision } from './change-state.js';
import type { ChangeRecord } from './changes.repository.js';
import { ApprovalsMissingError, ChangeClosedError, ChangeStaleError } from './errors.js';

type Refusal = Extract<ChangeDecision, { readonly kind: 'refuse' }>;

/** @param approvals the number that count. */
export function refusalError(change: ChangeRecord, { to, refusal }: Refusal, approvals: number): Error {
  switch (refusal) {
    case 'stale':
      return new ChangeStaleError(change.changeId);
    case 'closed':
      return new ChangeClosedError(change.changeId, to ?? change.status);
    case 'approvals missing':
      return new ApprovalsMissingError(change.requiredApprovals, approvals);
  }
}
