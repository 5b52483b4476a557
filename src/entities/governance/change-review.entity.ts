import { Check, Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { ChangeEntity } from './change.entity.js';

/** One reviewer's verdict on a change. Append-only for the application. */
@Entity('change_reviews')
@ForeignKey(() => ChangeEntity, ['projectId', 'changeId'], ['projectId', 'changeId'], {
  name: 'change_reviews_project_id_change_id_fkey',
})
@Check('change_reviews_verdict_check', `verdict IN ('approved', 'rejected')`)
export class ChangeReviewEntity {
  @PrimaryColumn('uuid', { name: 'project_id' })
  projectId!: string;

  @PrimaryColumn('uuid', { name: 'change_id' })
  changeId!: string;

  /** A principal, in the form of `ChangeEntity.openedBy`. */
  @PrimaryColumn('text')
  reviewer!: string;

  /** The reviewer's display name. */
  @Column('text', { name: 'reviewer_name' })
  reviewerName!: string;

  /** The key that was used, whoever owns it. */
  @Column('uuid', { name: 'key_id', nullable: true })
  keyId!: string | null;

  @PrimaryColumn('text')
  verdict!: 'approved' | 'rejected';

  @Column('text', { nullable: true })
  comment!: string | null;

  @Column('timestamptz', { name: 'reviewed_at', default: () => 'now()' })
  reviewedAt!: Date;
}
