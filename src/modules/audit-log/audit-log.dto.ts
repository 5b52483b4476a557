import { ApiProperty, ApiPropertyOptional, IntersectionType } from '@nestjs/swagger';
import { IsOptional, IsString, Length } from 'class-validator';
import { ApiId, ApiTime, IsQueryTime, PageQueryDto } from '../../infra/http/index.js';

const ACTOR_KINDS = ['person', 'service', 'key', 'instance'] as const;
const FREE_OBJECT = { type: 'object', additionalProperties: true, nullable: true } as const;

export class AuditExportQueryDto {
  /** Only what this one did: the id of a user or a key, or a name as entries show it. */
  @IsOptional()
  @IsString()
  @Length(1, 500)
  @ApiPropertyOptional({ type: String, example: 'admin' })
  actor?: string;

  /** Only this action. */
  @IsOptional()
  @IsString()
  @Length(1, 100)
  @ApiPropertyOptional({ type: String, example: 'prompt.put' })
  action?: string;

  /** Only what was done to this: `type/name`, or an id. */
  @IsOptional()
  @IsString()
  @Length(1, 500)
  @ApiPropertyOptional({ type: String, example: 'prompt/doc_summarizer' })
  subject?: string;

  /** Only entries of this time or later. */
  @IsOptional()
  @IsQueryTime()
  from?: Date;

  /** Only entries of before this time. */
  @IsOptional()
  @IsQueryTime('2099-12-31T12:00:00.000Z')
  to?: Date;
}

export class AuditQueryDto extends IntersectionType(PageQueryDto, AuditExportQueryDto) {}

export class AuditActorDto {
  /** `key` is a key without an owner; `instance` has the key of the environment. */
  @ApiProperty({ enum: ACTOR_KINDS })
  kind!: (typeof ACTOR_KINDS)[number];

  /** The user, or the key without an owner; null for the instance. */
  @ApiProperty({ format: 'uuid', nullable: true })
  id!: string | null;

  /** The key in use, whoever owns it; null for the instance and for sessions. */
  @ApiProperty({ format: 'uuid', nullable: true })
  key_id!: string | null;

  /** Its name at that time. */
  name!: string;
}

export class AuditSubjectDto {
  /** The kind of thing that changed, such as `prompt` or `key`. */
  type!: string;

  /** Its id; null for what has none, and where an entry of an older release did not keep it. */
  id!: string | null;

  /** Its name at that time; null for a subject without a name. */
  name!: string | null;
}

export class AuditEntryDto {
  /** Id of the entry. */
  @ApiId()
  audit_id!: string;

  /** When it happened. */
  @ApiTime()
  at!: string;

  /** The actor. */
  actor!: AuditActorDto;

  /** The address the request came from; null for what came from none. */
  from_address!: string | null;

  /** The action, such as `prompt.put`. */
  action!: string;

  /** The thing that the action was done to. */
  subject!: AuditSubjectDto;

  /** The changed members as they were; null when the subject is new. */
  @ApiProperty(FREE_OBJECT)
  before!: object | null;

  /** The changed members as they are now; null when the subject is gone. */
  @ApiProperty(FREE_OBJECT)
  after!: object | null;

  /** The reason that was given; null for none. */
  reason!: string | null;
}

export class AuditListDto {
  /** Newest first. */
  entries!: AuditEntryDto[];

  /** For the next page; null on the last. */
  next_cursor!: string | null;
}
