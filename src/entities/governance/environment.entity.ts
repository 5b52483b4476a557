import { Check, Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { ProjectEntity } from '../people/project.entity.js';

/** The verdict that an experiment must reach. `better` also satisfies `no_difference`. */
export const DEMANDED_VERDICTS = ['better', 'no_difference'] as const;
export type DemandedVerdict = (typeof DEMANDED_VERDICTS)[number];

/** The evidence that a protected environment requires before a change is applied. */
export interface StoredEvidenceDemand {
  readonly experiment: {
    readonly dataset: string;
    readonly scorers: readonly string[];
    readonly max_age_days: number;
    readonly verdict: DemandedVerdict;
  };
}

/** The rules of an environment. An environment without a row has none. */
@Entity('environments')
@ForeignKey(() => ProjectEntity, ['projectId'], ['projectId'], { name: 'environments_project_id_fkey' })
@Check('environments_required_approvals_check', 'required_approvals >= 1 AND required_approvals <= 10')
@Check('environments_change_ttl_h_check', 'change_ttl_h >= 1 AND change_ttl_h <= 8760')
export class EnvironmentEntity {
  @PrimaryColumn('uuid', { name: 'project_id' })
  projectId!: string;

  @PrimaryColumn('text', { collation: 'C' })
  name!: string;

  @Column('boolean', { name: 'protected', default: false })
  isProtected!: boolean;

  @Column('integer', { name: 'required_approvals', default: 1 })
  requiredApprovals!: number;

  /** Only approvals by members of these teams count. Empty means that any approver's count. */
  @Column('text', { name: 'approval_teams', array: true, default: () => "'{}'" })
  approvalTeams!: string[];

  /** The evidence required before a change is applied; null for none. */
  @Column('json', { nullable: true })
  evidence!: StoredEvidenceDemand | null;

  /** The hours after which an open change expires. */
  @Column('integer', { name: 'change_ttl_h', default: 72 })
  changeTtlH!: number;

  /** Counts the changes to these rules. A bigint, hence a string. */
  @Column('bigint', { default: 1 })
  revision!: string;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'updated_at', default: () => 'now()' })
  updatedAt!: Date;
}
