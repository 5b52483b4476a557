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
import { ANY_CASE_UUID, MAX_INT } from '../../kernel/index.js';

const KINDS = ['version', 'rollout'] as const;
const EVIDENCE_TYPES = ['experiment'] as const;
const REVIEWS = ['open', 'closed'] as const;
const MAX_WORDS = 2000;

export class EvidenceDto {
  /** The kind of evidence. */
  @IsIn(EVIDENCE_TYPES)
  @ApiProperty({ enum: EVIDENCE_TYPES })
  type!: (typeof EVIDENCE_TYPES)[number];

  /** Id of the evidence. */
  @IsString()
  @Length(1, 200)
  id!: string;
}

/** A rollout already names these values, so they are optional for it. If sent, they must match. */
const IfNeeded = (name: 'prompt_name' | 'environment' | 'version_number') =>
  ValidateIf((body: OpenChangeDto) => body.kind !== 'rollout' || (body[name] ?? null) !== null);

export class OpenChangeDto {
  /** What the change does: run another version (`version`, the default), or start a rollout (`rollout`). */
  @IsOptional()
  @IsIn(KINDS)
  @ApiPropertyOptional({ enum: KINDS, default: 'version', nullable: true })
  kind?: (typeof KINDS)[number] | null;

  /** The draft to start, for a change of kind `rollout`. */
  @ValidateIf((body: OpenChangeDto) => body.kind === 'rollout' || (body.rollout_id ?? null) !== null)
  @Matches(ANY_CASE_UUID, { message: 'must be the id of a rollout' })
  @ApiPropertyOptional({ type: String, format: 'uuid', nullable: true, example: null })
  rollout_id?: string | null;

  /** The prompt whose version changes. Optional for `rollout`. */
  @IfNeeded('prompt_name')
  @ApiPropertyOptional({ nullable: true })
  @IsPromptName()
  prompt_name!: string;

  /**
   * The protected environment where it changes. Optional for `rollout`.
   * @example "prod"
   */
  @IfNeeded('environment')
  @IsString()
  @Length(1, 100)
  @ApiPropertyOptional({ nullable: true })
  environment!: string;

  /** The version to run there. Optional for `rollout`, where it is the candidate. */
  @IfNeeded('version_number')
  @IsInt()
  @Min(1)
  @Max(MAX_INT)
  @ApiPropertyOptional({ type: 'integer', minimum: 1, nullable: true, example: 1 })
  version_number!: number;

  /**
   * The reason, for approvers and the audit log.
   * @example "Shorter answers, as agreed with support"
   */
  @IsString()
  @Length(1, MAX_WORDS)
  reason!: string;

  /** The evidence for the change. An approval applies to exactly this evidence. */
  @IsOptional()
  @NestedArray(() => EvidenceDto)
  @ArrayMaxSize(20)
  @ApiPropertyOptional({ type: [EvidenceDto], nullable: true })
  evidence?: EvidenceDto[] | null;
}

export class ReviewChangeDto {
  /**
   * Your comment on the change.
   * @example "Read it, looks good"
   */
  @IsOptional()
  @IsString()
  @MaxLength(MAX_WORDS)
  comment?: string | null;
}

export class ApplyChangeDto extends ReviewChangeDto {
  /** Whether to bypass the approvals. For admins, with a reason. Webhooks are notified, and an approver must review it afterwards. */
  @IsOptional()
  @IsBoolean()
  @ApiPropertyOptional({ type: Boolean, nullable: true, default: false })
  emergency?: boolean | null;

  /** Why the change cannot wait; required with `emergency`. */
  @IsOptional()
  @IsString()
  @Length(1, MAX_WORDS)
  reason?: string | null;
}

export class ListChangesQueryDto extends PageQueryDto {
  /** Only changes with this current status. */
  @IsOptional()
  @IsIn(CHANGE_STATUSES)
  @ApiPropertyOptional({ enum: CHANGE_STATUSES })
  status?: ChangeStatus;

  /** Only changes of this prompt, including deleted prompts of this name. */
  @IsOptional()
  @IsPromptName()
  @ApiPropertyOptional({ type: String })
  prompt_name?: string;

  /** Only changes for this environment. */
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

  /** When the approval was given. */
  @ApiTime()
  at!: string;

  /** The comment of the reviewer; null for none. */
  comment!: string | null;

  /** Whether the approval counts now: its author may still approve, and belongs to a team that the environment names, if any. */
  counts!: boolean;
}

export class KeyUsageDto {
  /** Id of the key; null for the instance's key, and where it is unknown. */
  @ApiProperty({ format: 'uuid', nullable: true })
  key_id!: string | null;

  /** The name of the key. */
  name!: string | null;

  /** Final executions of the last seven days. */
  @ApiInteger()
  executions!: number;
}

export class TeamUsageDto {
  /** The team responsible for the prompt when it ran. */
  name!: string;

  /** Final executions of the last seven days. */
  @ApiInteger()
  executions!: number;
}

export class ImpactDto {
  /** Final executions of the prompt in this environment, of the last seven days. */
  @ApiInteger()
  executions_7d!: number;

  /** The keys that run it, busiest first; at most 100. */
  keys!: KeyUsageDto[];

  /** The teams that it runs for, busiest first; at most 100. */
  teams!: TeamUsageDto[];
}

export class ChangeSummaryDto {
  /** Id of the change. */
  @ApiId()
  change_id!: string;

  /** The kind of change. `version`: another version runs in an environment; `rollout`: a rollout starts there. */
  @ApiProperty({ enum: KINDS })
  kind!: (typeof KINDS)[number];

  /** The rollout to start; null for `version`. */
  @ApiProperty({ format: 'uuid', nullable: true })
  rollout_id!: string | null;

  /**
   * `open → approved → applied`; or `rejected`, `withdrawn`, `expired`, or `stale`: the pointer, the environment's rules or the prompt have
   * changed since the change was opened.
   */
  @ApiProperty({ enum: CHANGE_STATUSES })
  status!: ChangeStatus;

  /** Name of the prompt. */
  prompt_name!: string;

  /** The environment in which the version will run. */
  environment!: string;

  /** Number of the version that ran there when the change was opened; null for none. */
  @ApiProperty({ type: 'integer', nullable: true })
  from_version!: number | null;

  /** Number of the version that will run there. */
  @ApiInteger()
  to_version!: number;

  /** The checksum of the content of `to_version`. */
  checksum_hash!: string;

  /** Why the change was opened. */
  reason!: string;

  /** The evidence for the change. */
  evidence!: EvidenceDto[];

  /** Name of the caller who opened it. */
  opened_by!: string;

  /** The author: `user:` or `key:` with an id, or `instance`. */
  opened_by_id!: string;

  /** When the change was opened. */
  @ApiTime()
  opened_at!: string;

  /** The number of approvals required. */
  @ApiInteger()
  required_approvals!: number;

  /** Teams whose members' approvals count. Empty: those of any approver count. */
  approval_teams!: string[];

  /** The approvals, oldest first. */
  approvals!: ApprovalDto[];

  /** When the change expires. */
  @ApiTime()
  expires_at!: string;

  /** When the change was applied, rejected, withdrawn, or found stale or expired. */
  @ApiTime()
  closed_at!: string | null;

  /** Name of the caller who closed it. */
  closed_by!: string | null;

  /** The comment of the caller who closed it. */
  closed_reason!: string | null;

  /** Whether it bypassed its approvals. */
  emergency!: boolean;

  /** The review of an emergency: `open` until an approver approves it afterwards; null for any other change. */
  @ApiProperty({ enum: REVIEWS, nullable: true })
  review!: (typeof REVIEWS)[number] | null;
}

export class ChangeDto extends ChangeSummaryDto {
  /** The difference, as a unified diff from `from_version` to `to_version`; null if the versions are too long to compare. */
  diff!: string | null;

  /** The callers of the prompt in that environment. */
  impact!: ImpactDto;
}

export class ChangeListDto {
  /** Newest first. */
  changes!: ChangeSummaryDto[];

  /** The `cursor` of the next page; null on the last one. */
  next_cursor!: string | null;
}
