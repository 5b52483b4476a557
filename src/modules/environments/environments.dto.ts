import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Max,
  Min,
  ValidateIf,
} from 'class-validator';
import { DEMANDED_VERDICTS, type DemandedVerdict, type StoredEvidenceDemand } from '../../entities/index.js';
import { ApiInteger, ApiTime, Nested } from '../../infra/http/index.js';

const MAX_APPROVALS = 10;
/** A year. */
const MAX_CHANGE_TTL_H = 8760;
/** Ten years. */
const MAX_EVIDENCE_AGE_DAYS = 3650;
export const DEFAULT_EVIDENCE_AGE_DAYS = 30;

export class PutApprovalsDto {
  /**
   * The number of approvals that a change needs.
   * @example 2
   */
  @ValidateIf((body: PutApprovalsDto) => body.required !== undefined)
  @IsInt()
  @Min(1)
  @Max(MAX_APPROVALS)
  @ApiPropertyOptional({ type: 'integer' })
  required?: number;

  /**
   * Only approvals by members of these teams count; empty: those of every approver.
   * @example ["release"]
   */
  @ValidateIf((body: PutApprovalsDto) => body.teams !== undefined)
  @IsArray()
  @ArrayMaxSize(50)
  @ArrayUnique()
  @IsString({ each: true })
  @Length(1, 200, { each: true })
  teams?: string[];
}

/** An experiment in which the version of the change was compared with the one that runs. */
export class PutExperimentEvidenceDto {
  /** The dataset that it ran on. */
  @IsString()
  @Length(1, 200)
  @ApiProperty({ example: 'tickets' })
  dataset!: string;

  /** The scorers by which the verdict has to be shown. */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(20)
  @ArrayUnique()
  @IsString({ each: true })
  @Length(1, 200, { each: true })
  @ApiProperty({ type: [String], minItems: 1, maxItems: 20, example: ['faithful'] })
  scorers!: string[];

  /** The age in days that it may have at most. */
  @ValidateIf((body: PutExperimentEvidenceDto) => body.max_age_days !== undefined)
  @IsInt()
  @Min(1)
  @Max(MAX_EVIDENCE_AGE_DAYS)
  @ApiPropertyOptional({ type: 'integer', default: DEFAULT_EVIDENCE_AGE_DAYS, example: 14 })
  max_age_days?: number;

  /** The verdict it must reach for the version: `better`, or at least `no_difference`. */
  @ValidateIf((body: PutExperimentEvidenceDto) => body.verdict !== undefined)
  @IsIn(DEMANDED_VERDICTS)
  @ApiPropertyOptional({ enum: DEMANDED_VERDICTS, default: 'no_difference' })
  verdict?: DemandedVerdict;
}

export class PutEvidenceDto {
  /** An experiment. */
  @Nested(() => PutExperimentEvidenceDto)
  experiment!: PutExperimentEvidenceDto;
}

/** Members that are left out stay as they were; a new environment gets the defaults. */
export class PutEnvironmentDto {
  /** Run nothing but what an approved change has brought here. Default false. */
  @ValidateIf((body: PutEnvironmentDto) => body.protected !== undefined)
  @IsBoolean()
  protected?: boolean;

  /** The approvals that a change needs before it is applied. Default: one, by any approver. */
  @ValidateIf((body: PutEnvironmentDto) => body.approvals !== undefined)
  @Nested(() => PutApprovalsDto)
  approvals?: PutApprovalsDto;

  /** The evidence that a change must show besides; null for none. */
  @IsOptional()
  @Nested(() => PutEvidenceDto)
  @ApiPropertyOptional({ type: PutEvidenceDto, nullable: true, example: null })
  evidence?: PutEvidenceDto | null;

  /** Hours until a change that was opened expires. Default 72. */
  @ValidateIf((body: PutEnvironmentDto) => body.change_ttl_h !== undefined)
  @IsInt()
  @Min(1)
  @Max(MAX_CHANGE_TTL_H)
  @ApiPropertyOptional({ type: 'integer', example: 72 })
  change_ttl_h?: number;
}

export class ApprovalsDto {
  /** The number of approvals that a change needs. */
  @ApiInteger()
  required!: number;

  /** Only approvals by members of these teams count; empty: those of every approver. */
  teams!: string[];
}

export class EnvironmentDto {
  /**
   * The label of executions.
   * @example "prod"
   */
  name!: string;

  /** Whether nothing runs here but what was approved. */
  protected!: boolean;

  /** The approvals that a change needs before it is applied. */
  approvals!: ApprovalsDto;

  /** The evidence that a change must show besides; null for none. */
  @ApiProperty({
    type: 'object',
    nullable: true,
    additionalProperties: true,
    example: {
      experiment: { dataset: 'tickets', scorers: ['faithful'], max_age_days: 14, verdict: 'no_difference' },
    },
  })
  evidence!: StoredEvidenceDemand | null;

  /** Hours until a change that was opened expires. */
  @ApiInteger()
  change_ttl_h!: number;

  /** Counts the changes of these rules. An approval holds for the revision under which its change was opened. */
  @ApiInteger()
  revision!: number;

  /** When it got rules. */
  @ApiTime()
  created_at!: string;

  /** When the rules last changed. */
  @ApiTime()
  updated_at!: string;
}

export class PutEnvironmentResultDto extends EnvironmentDto {
  /** Prompts that cannot run here until a change brings a version, by name; none unless the environment is protected. */
  prompts_without_pointer!: string[];
}

export class EnvironmentListDto {
  /** Environments that have rules, by name. */
  environments!: EnvironmentDto[];
}
