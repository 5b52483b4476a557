import { ApiProperty } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayUnique, IsArray, IsIn, IsUUID } from 'class-validator';
import { type Role, ROLES } from '../../../entities/index.js';
import { ApiTime } from '../../../infra/http/index.js';

const MAX_MEMBERS = 1000;

export class PutTeamDto {
  /** Ids of its members, each a member of the project. They replace those of before. */
  @IsArray()
  @ArrayMaxSize(MAX_MEMBERS)
  @ArrayUnique((id: unknown) => (typeof id === 'string' ? id.toLowerCase() : id))
  @IsUUID(undefined, { each: true })
  @ApiProperty({ type: [String], format: 'uuid', maxItems: MAX_MEMBERS, example: [] })
  members!: string[];

  /** The role that its members have over prompts whose `owner_team` is its name, beside their role in the project. */
  @IsIn(ROLES)
  @ApiProperty({ enum: ROLES, example: 'editor' })
  role!: Role;
}

export class TeamDto {
  /** Its name; the prompts whose `owner_team` it is are those it is about. */
  name!: string;

  /** The role that its members have over those prompts. */
  @ApiProperty({ enum: ROLES })
  role!: Role;

  /** Ids of its members, in order. */
  @ApiProperty({ type: [String], format: 'uuid' })
  members!: string[];

  /** When it was made. */
  @ApiTime()
  created_at!: string;

  /** When it was changed last. */
  @ApiTime()
  updated_at!: string;
}

export class TeamListDto {
  /** The teams of the project, by name. */
  teams!: TeamDto[];

  /** For the next page; null on the last. */
  next_cursor!: string | null;
}
