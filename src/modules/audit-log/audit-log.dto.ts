import { ApiProperty, ApiPropertyOptional, IntersectionType } from '@nestjs/swagger';
import { IsOptional, IsString, Length } from 'class-validator';
import { ApiId, ApiTime, IsQueryTime, PageQueryDto } from '../../infra/http/index.js';

const ACTOR_KINDS = ['person', 'service', 'key', 'instance'] as const;
const FREE_OBJECT = { type: 'object', additionalProperties: true, nullable: true } as const;

export class AuditExportQueryDto {
  /** Only entries by this actor: the id of a user or a key, or a name as shown in entries. */
  @IsOptional()
  @IsString()
  @Length(1, 500)
  @ApiPropertyOptional({ type: String, example: 'admin' })
  actor?: string;

  /** Only entries of this action. */
  @IsOptional()
  @IsString()
  @Length(1, 100)
  @ApiPropertyOptional({ type: String, example: 'prompt.put' })
  action?: string;

  /** Only entries about this subject: `type/name`, or an id. */
  @IsOptional()
  @IsString()
  @Length(1, 500)
  @ApiPropertyOptional({ type: String, example: 'prompt/doc_summarizer' })
  subject?: string;

  /** Only entries at this time or later. */
  @IsOptional()
  @IsQueryTime()
  from?: Date;

  /** Only entries before this time. */
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

  /** Name of the actor at that time. */
  name!: string;
}

export class AuditSubjectDto {
  /** The kind of subject, such as `prompt` or `key`. */
  type!: string;

  /** Id of the subject; null if it has none, or if the entry is from an older release that did not record it. */
  id!: string | null;

  /** Name of the subject at that time; null if it has none. */
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

  /** The address the request came from; null if there was no request. */
  from_address!: string | null;

  /** The action, such as `prompt.put`. */
  action!: string;

  /** The subject of the action. */
  subject!: AuditSubjectDto;

  /** The changed members before; null if the subject is new. */
  @ApiProperty(FREE_OBJECT)
  before!: object | null;

  /** The changed members after; null if the subject is gone. */
  @ApiProperty(FREE_OBJECT)
  after!: object | null;

  /** The stated reason; null for none. */
  reason!: string | null;
}

export class AuditListDto {
  /** Newest first. */
  entries!: AuditEntryDto[];

  /** The `cursor` of the next page; null on the last one. */
  next_cursor!: string | null;
}
