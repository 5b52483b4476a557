import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Max,
  Matches,
  MaxLength,
  Min,
  ValidateIf,
} from 'class-validator';
import { CHANGE_STATUSES, type ChangeStatus } from '../../entities/index.js';
import {
  ApiId,
  ApiInteger,
  ApiTime,
  IsPromptName,
  NestedArray,
  PageQueryDto,
} from '../../infra/http/index.js';
import { MAX_INT } from '../../kernel/index.js';

const KINDS = ['version', 'rollout'] as const;
const EVIDENCE_TYPES = ['experiment'] as const;
const REVIEWS = ['open', 'closed'] as const;
const MAX_WORDS = 2000;
const UUID_TEXT = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export class EvidenceDto {
  /** The kind of evidence. */
  @IsIn(EVIDENCE_TYPES)
  @ApiProperty({ enum: EVIDENCE_TYPES })
  type!: (typeof EVIDENCE_TYPES)[number];

  /** Its id. */
  @IsString()
  @Length(1, 200)
  id!: string;
}

/** A rollout says for itself what it is about; whoever says it again has to say the same. */
const IfNeeded = (name: 'prompt_name' | 'environment' | 'version_number') =>
  ValidateIf((body: OpenChangeDto) => body.kind !== 'rollout' || (body[name] ?? null) !== null);

export class OpenChangeDto {
  /** The purpose of the change: that another version runs (`version`, the default), or that a rollout starts (`rollout`). */
  @IsOptional()
  @IsIn(KINDS)
  @ApiPropertyOptional({ enum: KINDS, default: 'version', nullable: true })
  kind?: (typeof KINDS)[number] | null;

  /** The draft that is to start, for a change of kind `rollout`. */
  @ValidateIf((body: OpenChangeDto) => body.kind === 'rollout' || (body.rollout_id ?? null) !== null)
  @Matches(UUID_TEXT, { message: 'must be the id of a rollout' })
  @ApiPropertyOptional({ type: String, format: 'uuid', nullable: true, example: null })
  rollout_id?: string | null;

  /** The prompt that is to run in another version. Of `rollout` it may be left out. */
  @IfNeeded('prompt_name')
  @ApiPropertyOptional({ nullable: true })
  @IsPromptName()
  prompt_name!: string;

  /**
   * The protected environment where it runs. Of `rollout` it may be left out.
   * @example "prod"
   */
  @IfNeeded('environment')
  @IsString()
  @Length(1, 100)
  @ApiPropertyOptional({ nullable: true })
  environment!: string;

  /** The version that is to run there; of `rollout` the candidate, which may be left out. */
  @IfNeeded('version_number')
  @IsInt()
  @Min(1)
  @Max(MAX_INT)
  @ApiPropertyOptional({ type: 'integer', minimum: 1, nullable: true, example: 1 })
  version_number!: number;

  /**
   * Why; approvers read it, and the audit log keeps it.
   * @example "Shorter answers, as agreed with support"
   */
  @IsString()
  @Length(1, MAX_WORDS)
  reason!: string;

  /** The evidence for the change. An approval is bound to it. */
  @IsOptional()
  @NestedArray(() => EvidenceDto)
  @ArrayMaxSize(20)
  @ApiPropertyOptional({ type: [EvidenceDto], nullable: true })
  evidence?: EvidenceDto[] | null;
}

export class ReviewChangeDto {
  /**
   * Your comment on it.
   * @example "Read it, looks good"
   */
  @IsOptional()
  @IsString()
  @MaxLength(MAX_WORDS)
  comment?: string | null;
}

export class ApplyChangeDto extends ReviewChangeDto {
  /** Whether to apply it past its approvals. For admins, with a reason; everybody is notified, and an approver has to review it. */
  @IsOptional()
  @IsBoolean()
  @ApiPropertyOptional({ type: Boolean, nullable: true, default: false })
  emergency?: boolean | null;

  /** Why it cannot wait; needed with `emergency`. */
  @IsOptional()
  @IsString()
  @Length(1, MAX_WORDS)
  reason?: string | null;
}

export class ListChangesQueryDto extends PageQueryDto {
  /** Only those with this status now. */
  @IsOptional()
  @IsIn(CHANGE_STATUSES)
  @ApiPropertyOptional({ enum: CHANGE_STATUSES })
  status?: ChangeStatus;

  /** Only of this prompt, and of deleted ones of this name. */
  @IsOptional()
  @IsPromptName()
  @ApiPropertyOptional({ type: String })
  prompt_name?: string;

  /** Only for this environment. */
  @IsOptional()
  @IsString()
  @Length(1, 100)
  @ApiPropertyOptional({ type: String, example: 'prod' })
  environment?: string;
}

export class ApprovalDto {
  /** The name of the approver. */
  by!: string;

  /** The approver: `user:` or `key:` with an id, or `instance`. */
  by_id!: string;

  /** When. */
  @ApiTime()
  at!: string;

  /** The comment of the reviewer; null for none. */
  comment!: string | null;

  /** Whether it counts at this moment: its giver may still approve, and belongs to a team that the environment names. */
  counts!: boolean;
}

export class KeyUsageDto {
  /** Id of the key; null for the instance's, and for executions where it is unknown. */
  @ApiProperty({ format: 'uuid', nullable: true })
  key_id!: string | null;

  /** The name of the key. */
  name!: string | null;

  /** Final executions of the last seven days. */
  @ApiInteger()
  executions!: number;
}

export class TeamUsageDto {
  /** The team that answered for the prompt when it ran. */
  name!: string;

  /** Final executions of the last seven days. */
  @ApiInteger()
  executions!: number;
}

export class ImpactDto {
  /** Final executions of the prompt in this environment, of the last seven days. */
  @ApiInteger()
  executions_7d!: number;

  /** The keys that run it, the busiest first; 100 at most. */
  keys!: KeyUsageDto[];

  /** For which teams, the busiest first; 100 at most. */
  teams!: TeamUsageDto[];
}

export class ChangeSummaryDto {
  /** Id of the change. */
  @ApiId()
  change_id!: string;

  /** The kind of change. `version`: another version runs in an environment; `rollout`: a rollout starts there. */
  @ApiProperty({ enum: KINDS })
  kind!: (typeof KINDS)[number];

  /** The rollout that it starts; null of `version`. */
  @ApiProperty({ format: 'uuid', nullable: true })
  rollout_id!: string | null;

  /**
   * `open → approved → applied`; or `rejected`, `withdrawn`, `expired`, or `stale`: the pointer, the rules of the environment or
   * the prompt have changed since it was opened.
   */
  @ApiProperty({ enum: CHANGE_STATUSES })
  status!: ChangeStatus;

  /** Name of the prompt. */
  prompt_name!: string;

  /** The environment in which the version is to run. */
  environment!: string;

  /** Number of the version that ran there when it was opened; null for none. */
  @ApiProperty({ type: 'integer', nullable: true })
  from_version!: number | null;

  /** Number of the version that is to run there. */
  @ApiInteger()
  to_version!: number;

  /** The checksum of the content of `to_version`. */
  checksum_hash!: string;

  /** Why it was opened. */
  reason!: string;

  /** The evidence for the change. */
  evidence!: EvidenceDto[];

  /** The name of the caller who opened it. */
  opened_by!: string;

  /** The author: `user:` or `key:` with an id, or `instance`. */
  opened_by_id!: string;

  /** When it was opened. */
  @ApiTime()
  opened_at!: string;

  /** The number of approvals that it takes. */
  @ApiInteger()
  required_approvals!: number;

  /** Only approvals by members of these teams count; empty: those of any approver. */
  approval_teams!: string[];

  /** The approvals, in their order. */
  approvals!: ApprovalDto[];

  /** From when on nothing can become of it. */
  @ApiTime()
  expires_at!: string;

  /** When it was applied, rejected, withdrawn, or found stale or expired. */
  @ApiTime()
  closed_at!: string | null;

  /** The name of the caller who closed it. */
  closed_by!: string | null;

  /** The comment of the caller who closed it. */
  closed_reason!: string | null;

  /** Whether it was applied past its approvals. */
  emergency!: boolean;

  /** The review of an emergency: `open` until an approver has looked at it and approves it; null for any other change. */
  @ApiProperty({ enum: REVIEWS, nullable: true })
  review!: (typeof REVIEWS)[number] | null;
}

export class ChangeDto extends ChangeSummaryDto {
  /** The difference, as a unified diff from `from_version` to `to_version`; null for versions that are too long to compare. */
  diff!: string | null;

  /** The callers of the prompt in that environment. */
  impact!: ImpactDto;
}

export class ChangeListDto {
  /** Newest first. */
  changes!: ChangeSummaryDto[];

  /** For the next page; null on the last. */
  next_cursor!: string | null;
}
