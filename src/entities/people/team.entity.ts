import { Check, Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import type { Role } from './member.entity.js';
import { ProjectEntity } from './project.entity.js';

/** A group of members with a role over the prompts whose `owner_team` is the team's name. */
@Entity('teams')
@ForeignKey(() => ProjectEntity, ['projectId'], ['projectId'], { name: 'teams_project_id_fkey' })
@Check('teams_role_check', `role IN ('viewer', 'runner', 'editor', 'approver', 'admin')`)
export class TeamEntity {
  @PrimaryColumn('uuid', { name: 'project_id' })
  projectId!: string;

  @PrimaryColumn('text', { collation: 'C' })
  name!: string;

  @Column('text')
  role!: Role;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'updated_at', default: () => 'now()' })
  updatedAt!: Date;
}
