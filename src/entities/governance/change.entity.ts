import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { ProjectEntity } from '../people/project.entity.js';
import { RolloutEntity } from '../rollouts/rollout.entity.js';
import { PromptVersionEntity } from '../registry/prompt-version.entity.js';

export const CHANGE_STATUSES = [
  'open',
  'approved',
  'applied',
  'rejected',
  'withdrawn',
  'stale',
  'expired',
] as const;
export type ChangeStatus = (typeof CHANGE_STATUSES)[number];

export interface StoredEvidence {
  readonly type: string;
  readonly id: string;
}

/** A request to move the pointer of a protected environment or to start a rollout beside it, and what its approval is bound to. */
@Entity('changes')
@ForeignKey(() => ProjectEntity, ['projectId'], ['projectId'], { name: 'changes_project_id_fkey' })
@ForeignKey(
  () => PromptVersionEntity,
  ['projectId', 'promptId', 'toVersionId'],
  ['projectId', 'promptId', 'versionId'],
  { name: 'changes_project_id_prompt_id_to_version_id_fkey' },
)
@ForeignKey(() => RolloutEntity, ['projectId', 'rolloutId'], ['projectId', 'rolloutId'], {
  name: 'changes_project_id_rollout_id_fkey',
})
@Index('changes_by_prompt', ['projectId', 'promptId', 'changeId'])
@Index('changes_by_status', ['projectId', 'status', 'changeId'])
@Check('changes_kind_check', `kind IN ('version', 'rollout')`)
@Check('changes_rollout_check', `(kind = 'rollout') = (rollout_id IS NOT NULL)`)
@Check(
  'changes_status_check',
  `status IN ('open', 'approved', 'applied', 'rejected', 'withdrawn', 'stale', 'expired')`,
)
@Check('changes_review_check', `review IN ('open', 'closed')`)
export class ChangeEntity {
  @PrimaryColumn('uuid', { name: 'project_id' })
  projectId!: string;

  @PrimaryColumn('uuid', { name: 'change_id', default: () => 'ledger_uuid7()' })
  changeId!: string;

  @Column('text', { default: 'version' })
  kind!: 'version' | 'rollout';

  /** The rollout that the change starts; null for one that moves a pointer. */
  @Column('uuid', { name: 'rollout_id', nullable: true })
  rolloutId!: string | null;

  @Column('text', { default: 'open' })
  status!: ChangeStatus;

  @Column('uuid', { name: 'prompt_id' })
  promptId!: string;

  @Column('text')
  environment!: string;

  /** Null when there was no pointer. */
  @Column('uuid', { name: 'from_version_id', nullable: true })
  fromVersionId!: string | null;

  @Column('uuid', { name: 'to_version_id' })
  toVersionId!: string;

  @Column('text', { name: 'checksum_hash' })
  checksumHash!: string;

  @Column('text')
  reason!: string;

  @Column('json', { default: () => "'[]'" })
  evidence!: StoredEvidence[];

  /** A principal: `instance`, `user:<id>` or `key:<id>`. */
  @Column('text', { name: 'opened_by' })
  openedBy!: string;

  /** The author's display name. */
  @Column('text', { name: 'opened_by_name' })
  openedByName!: string;

  /** The key that was used, whoever owns it. */
  @Column('uuid', { name: 'opened_by_key', nullable: true })
  openedByKey!: string | null;

  @Column('timestamptz', { name: 'opened_at', default: () => 'now()' })
  openedAt!: Date;

  @Column('integer', { name: 'required_approvals' })
  requiredApprovals!: number;

  @Column('text', { name: 'approval_teams', array: true, default: () => "'{}'" })
  approvalTeams!: string[];

  /** The revision of the environment's rules when the change was opened. A bigint, hence a string. */
  @Column('bigint', { name: 'policy_revision' })
  policyRevision!: string;

  @Column('timestamptz', { name: 'expires_at' })
  expiresAt!: Date;

  @Column('timestamptz', { name: 'closed_at', nullable: true })
  closedAt!: Date | null;

  /** A principal, like `openedBy`; null while the change is open. */
  @Column('text', { name: 'closed_by', nullable: true })
  closedBy!: string | null;

  @Column('text', { name: 'closed_by_name', nullable: true })
  closedByName!: string | null;

  /** The key that was used. */
  @Column('uuid', { name: 'closed_by_key', nullable: true })
  closedByKey!: string | null;

  /** The comment given with the rejection, withdrawal or application. */
  @Column('text', { name: 'closed_reason', nullable: true })
  closedReason!: string | null;

  /** Whether the change was applied without its approvals. */
  @Column('boolean', { default: false })
  emergency!: boolean;

  /** Set for an emergency change: `open` until an approver has reviewed it. */
  @Column('text', { nullable: true })
  review!: 'open' | 'closed' | null;
}
