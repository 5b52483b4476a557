import type { ChangeStatus } from '../../entities/index.js';

/**
 * Every legal transition. An approver may lose the right to approve before a change is applied, so `approved` can become `open` again. An
 * emergency takes an `open` change to `applied`.
 */
export const CHANGE_MOVES: Readonly<Record<ChangeStatus, readonly ChangeStatus[]>> = {
  open: ['approved', 'applied', 'rejected', 'withdrawn', 'stale', 'expired'],
  approved: ['open', 'applied', 'rejected', 'withdrawn', 'stale', 'expired'],
  applied: [],
  rejected: [],
  withdrawn: [],
  stale: [],
  expired: [],
};

/** The facts about a change at the time of an action. */
export interface ChangeFacts {
  readonly status: ChangeStatus;
  readonly isExpired: boolean;
  /** Whether the pointer, the environment's rules, the version or the rollout changed since the change was opened. */
  readonly isMoved: boolean;
  /** How many approvals count now, and how many are required. */
  readonly approvals: number;
  readonly required: number;
  readonly review: 'open' | 'closed' | null;
}

/** For `approve`, the facts already count the new approval, if it counts. */
export type ChangeAction = 'approve' | 'reject' | 'withdraw' | 'apply' | 'applyNow';

/** Why an action is refused. */
export type ChangeRefusal = 'stale' | 'closed' | 'approvals missing';

export type ChangeDecision =
  /** The new status, which may be the same as before. */
  | { readonly kind: 'move'; readonly to: ChangeStatus; readonly refusal: null }
  /** Nothing to do: the change is already in the wanted state. */
  | { readonly kind: 'keep'; readonly refusal: null }
  /** The review of an emergency is complete. */
  | { readonly kind: 'close review'; readonly refusal: null }
  /** The action is refused. `to` is the status that the change has reached in the meantime; null for none. */
  | { readonly kind: 'refuse'; readonly to: ChangeStatus | null; readonly refusal: ChangeRefusal };

const OPEN_STATUSES: readonly ChangeStatus[] = ['open', 'approved'];

/** Returns whether a change can still be acted on. */
export function isOpenStatus(status: ChangeStatus): boolean {
  return OPEN_STATUSES.includes(status);
}

/** Returns the status to show. A change may have expired or gone stale without a write. */
export function currentStatus({ status, isExpired, isMoved }: ChangeFacts): ChangeStatus {
  if (!isOpenStatus(status)) return status;
  if (isExpired) return 'expired';
  return isMoved ? 'stale' : status;
}

/** Applies an action to a change. Pure, so that a property test can walk it. */
export function decideChange(facts: ChangeFacts, action: ChangeAction): ChangeDecision {
  const current = currentStatus(facts);
  if (current === 'applied') return decideApplied(facts, action);
  if (!isOpenStatus(current)) {
    return {
      kind: 'refuse',
      to: current === facts.status ? null : current,
      refusal: current === 'stale' ? 'stale' : 'closed',
    };
  }
  switch (action) {
    case 'approve':
      return move(isEnough(facts) ? 'approved' : 'open');
    case 'reject':
      return move('rejected');
    case 'withdraw':
      return move('withdrawn');
    case 'applyNow':
      return move('applied');
    case 'apply':
      if (isEnough(facts)) return move('applied');
      return { kind: 'refuse', to: current === 'open' ? null : 'open', refusal: 'approvals missing' };
  }
}

function decideApplied({ review }: ChangeFacts, action: ChangeAction): ChangeDecision {
  if (action === 'apply' || action === 'applyNow') return { kind: 'keep', refusal: null };
  if (action === 'approve' && review === 'open') return { kind: 'close review', refusal: null };
  if (action === 'approve' && review === 'closed') return { kind: 'keep', refusal: null };
  return { kind: 'refuse', to: null, refusal: 'closed' };
}

function isEnough({ approvals, required }: ChangeFacts): boolean {
  return approvals >= required;
}

function move(to: ChangeStatus): ChangeDecision {
  return { kind: 'move', to, refusal: null };
}
