import { Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { TeamEntity } from './team.entity.js';
import { UserEntity } from './user.entity.js';

@Entity('team_members')
@ForeignKey(() => TeamEntity, ['projectId', 'team'], ['projectId', 'name'], {
  name: 'team_members_project_id_team_fkey',
  onDelete: 'CASCADE',
})
@ForeignKey(() => UserEntity, ['userId'], ['userId'], { name: 'team_members_user_id_fkey' })
@Index('team_members_user', ['userId'])
export class TeamMemberEntity {
  @PrimaryColumn('uuid', { name: 'project_id' })
  projectId!: string;

  @PrimaryColumn('text', { collation: 'C' })
  team!: string;

  @PrimaryColumn('uuid', { name: 'user_id' })
  userId!: string;
}
