import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { ProjectEntity } from './project.entity.js';
import { UserEntity } from './user.entity.js';

/** From the narrowest to the widest; each includes the one before. */
export const ROLES = ['viewer', 'runner', 'editor', 'approver', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** The role of a user in a project. */
@Entity('members')
@ForeignKey(() => ProjectEntity, ['projectId'], ['projectId'], { name: 'members_project_id_fkey' })
@ForeignKey(() => UserEntity, ['userId'], ['userId'], { name: 'members_user_id_fkey' })
@Index('members_user', ['userId'])
@Check('members_role_check', `role IN ('viewer', 'runner', 'editor', 'approver', 'admin')`)
export class MemberEntity {
  @PrimaryColumn('uuid', { name: 'project_id' })
  projectId!: string;

  @PrimaryColumn('uuid', { name: 'user_id' })
  userId!: string;

  @Column('text')
  role!: Role;

  @Column('timestamptz', { name: 'added_at', default: () => 'now()' })
  addedAt!: Date;

  /** The name of who added the member. */
  @Column('text', { name: 'added_by' })
  addedBy!: string;
}
