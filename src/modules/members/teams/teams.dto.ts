import { ApiProperty } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayUnique, IsArray, IsIn, IsUUID } from 'class-validator';
import { type Role, ROLES } from '../../../entities/index.js';
import { ApiTime } from '../../../infra/http/index.js';

const MAX_MEMBERS = 1000;

export class PutTeamDto {
  /** Ids of the team's members, all members of the project. They replace the previous ones. */
  @IsArray()
  @ArrayMaxSize(MAX_MEMBERS)
  @ArrayUnique((id: unknown) => (typeof id === 'string' ? id.toLowerCase() : id))
  @IsUUID(undefined, { each: true })
  @ApiProperty({ type: [String], format: 'uuid', maxItems: MAX_MEMBERS, example: [] })
  members!: string[];

  /** The members' role over prompts whose `owner_team` is this team, in addition to their role in the project. */
  @IsIn(ROLES)
  @ApiProperty({ enum: ROLES, example: 'editor' })
  role!: Role;
}

export class TeamDto {
  /** Name of the team, as in the `owner_team` of its prompts. */
  name!: string;

  /** The members' role over those prompts. */
  @ApiProperty({ enum: ROLES })
  role!: Role;

  /** Ids of the members, in order. */
  @ApiProperty({ type: [String], format: 'uuid' })
  members!: string[];

  /** When the team was created. */
  @ApiTime()
  created_at!: string;

  /** When the team last changed. */
  @ApiTime()
  updated_at!: string;
}

export class TeamListDto {
  /** The teams of the project, by name. */
  teams!: TeamDto[];

  /** The `cursor` of the next page; null on the last one. */
  next_cursor!: string | null;
}
