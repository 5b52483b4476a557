import type { UsageRow } from '../analytics/index.js';
import { type ChangeFacts, currentStatus } from './change-state.js';
import type { ChangeSummaryDto, ImpactDto, KeyUsageDto } from './changes.dto.js';
import type { ChangeRecord, ReviewRecord } from './changes.repository.js';

/** The maximum number of keys, and of teams, in an answer. */
const MOST_USERS = 100;

/** Returns the facts for a decision, with the approvals that count. */
export function toFacts(change: ChangeRecord, reviews: readonly ReviewRecord[]): ChangeFacts {
  const { status, isExpired, isMoved, requiredApprovals: required, review } = change;
  return { status, isExpired, isMoved, approvals: countApprovals(reviews), required, review };
}

export function countApprovals(reviews: readonly ReviewRecord[]): number {
  return reviews.filter(({ counts }) => counts).length;
}

/** @param reviews the reviews of the change. */
export function changeSummary(change: ChangeRecord, reviews: readonly ReviewRecord[]): ChangeSummaryDto {
  return {
    change_id: change.changeId,
    kind: change.kind,
    rollout_id: change.rolloutId,
    status: currentStatus(toFacts(change, reviews)),
    prompt_name: change.promptName,
    environment: change.environment,
    from_version: change.fromVersion,
    to_version: change.toVersion,
    checksum_hash: change.checksumHash,
    reason: change.reason,
    evidence: change.evidence as ChangeSummaryDto['evidence'],
    opened_by: change.openedByName,
    opened_by_id: change.openedBy,
    opened_at: change.openedAt.toISOString(),
    required_approvals: change.requiredApprovals,
    approval_teams: change.approvalTeams,
    approvals: reviews
      .filter(({ verdict }) => verdict === 'approved')
      .map(({ reviewer, reviewerName, reviewedAt, comment, counts }) => ({
        by: reviewerName,
        by_id: reviewer,
        at: reviewedAt.toISOString(),
        comment,
        counts,
      })),
    expires_at: change.expiresAt.toISOString(),
    closed_at: change.closedAt?.toISOString() ?? null,
    closed_by: change.closedByName,
    closed_reason: change.closedReason,
    emergency: change.emergency,
    review: change.review,
  };
}

/** @param rows busiest first; a key may have several, one for each team. */
export function impactView(rows: readonly UsageRow[]): ImpactDto {
  const keys = new Map<string | null, KeyUsageDto>();
  const teams = new Map<string, number>();
  let total = 0;
  for (const { keyId, keyName, ownerTeam, executions } of rows) {
    total += executions;
    const known = keys.get(keyId)?.executions ?? 0;
    keys.set(keyId, { key_id: keyId, name: keyName, executions: known + executions });
    if (ownerTeam !== null) teams.set(ownerTeam, (teams.get(ownerTeam) ?? 0) + executions);
  }
  return {
    executions_7d: total,
    keys: busiest([...keys.values()]),
    teams: busiest([...teams].map(([name, executions]) => ({ name, executions }))),
  };
}

function busiest<Usage extends { readonly executions: number }>(usages: readonly Usage[]): Usage[] {
  return usages.toSorted((a, b) => b.executions - a.executions).slice(0, MOST_USERS);
}
