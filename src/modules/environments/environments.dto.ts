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
   * The number of approvals that a change requires.
   * @example 2
   */
  @ValidateIf((body: PutApprovalsDto) => body.required !== undefined)
  @IsInt()
  @Min(1)
  @Max(MAX_APPROVALS)
  @ApiPropertyOptional({ type: 'integer' })
  required?: number;

  /**
   * Teams whose members' approvals count. Empty: those of any approver count.
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

/** An experiment that compared the version of the change with the running one. */
export class PutExperimentEvidenceDto {
  /** The dataset of the experiment. */
  @IsString()
  @Length(1, 200)
  @ApiProperty({ example: 'tickets' })
  dataset!: string;

  /** The scorers that must show the verdict. */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(20)
  @ArrayUnique()
  @IsString({ each: true })
  @Length(1, 200, { each: true })
  @ApiProperty({ type: [String], minItems: 1, maxItems: 20, example: ['faithful'] })
  scorers!: string[];

  /** The maximum age in days. */
  @ValidateIf((body: PutExperimentEvidenceDto) => body.max_age_days !== undefined)
  @IsInt()
  @Min(1)
  @Max(MAX_EVIDENCE_AGE_DAYS)
  @ApiPropertyOptional({ type: 'integer', default: DEFAULT_EVIDENCE_AGE_DAYS, example: 14 })
  max_age_days?: number;

  /** The verdict required for the version: `better`, or at least `no_difference`. */
  @ValidateIf((body: PutExperimentEvidenceDto) => body.verdict !== undefined)
  @IsIn(DEMANDED_VERDICTS)
  @ApiPropertyOptional({ enum: DEMANDED_VERDICTS, default: 'no_difference' })
  verdict?: DemandedVerdict;
}

export class PutEvidenceDto {
  /** The required experiment. */
  @Nested(() => PutExperimentEvidenceDto)
  experiment!: PutExperimentEvidenceDto;
}

/** Members left out stay as they were. A new environment gets the defaults. */
export class PutEnvironmentDto {
  /** Whether to run only versions from approved changes. Default false. */
  @ValidateIf((body: PutEnvironmentDto) => body.protected !== undefined)
  @IsBoolean()
  protected?: boolean;

  /** The approvals required before a change is applied. Default: one, by any approver. */
  @ValidateIf((body: PutEnvironmentDto) => body.approvals !== undefined)
  @Nested(() => PutApprovalsDto)
  approvals?: PutApprovalsDto;

  /** The evidence also required of a change; null for none. */
  @IsOptional()
  @Nested(() => PutEvidenceDto)
  @ApiPropertyOptional({ type: PutEvidenceDto, nullable: true, example: null })
  evidence?: PutEvidenceDto | null;

  /** Hours until an open change expires. Default 72. */
  @ValidateIf((body: PutEnvironmentDto) => body.change_ttl_h !== undefined)
  @IsInt()
  @Min(1)
  @Max(MAX_CHANGE_TTL_H)
  @ApiPropertyOptional({ type: 'integer', example: 72 })
  change_ttl_h?: number;
}

export class ApprovalsDto {
  /** The number of approvals that a change requires. */
  @ApiInteger()
  required!: number;

  /** Teams whose members' approvals count. Empty: those of any approver count. */
  teams!: string[];
}

export class EnvironmentDto {
  /**
   * The label of executions.
   * @example "prod"
   */
  name!: string;

  /** Whether only approved versions run here. */
  protected!: boolean;

  /** The approvals required before a change is applied. */
  approvals!: ApprovalsDto;

  /** The evidence also required of a change; null for none. */
  @ApiProperty({
    type: 'object',
    nullable: true,
    additionalProperties: true,
    example: {
      experiment: { dataset: 'tickets', scorers: ['faithful'], max_age_days: 14, verdict: 'no_difference' },
    },
  })
  evidence!: StoredEvidenceDemand | null;

  /** Hours until an open change expires. */
  @ApiInteger()
  change_ttl_h!: number;

  /** Counts the changes of these rules. An approval is valid only for the revision under which its change was opened. */
  @ApiInteger()
  revision!: number;

  /** When the environment got rules. */
  @ApiTime()
  created_at!: string;

  /** When the rules last changed. */
  @ApiTime()
  updated_at!: string;
}

export class PutEnvironmentResultDto extends EnvironmentDto {
  /** Prompts without a version here, which cannot run until a change brings one, by name. Empty unless the environment is protected. */
  prompts_without_pointer!: string[];
}

export class EnvironmentListDto {
  /** Environments that have rules, by name. */
  environments!: EnvironmentDto[];
}
