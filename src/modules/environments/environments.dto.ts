import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsString,
  Length,
  Max,
  Min,
  ValidateIf,
} from 'class-validator';
import { ApiInteger, ApiTime, Nested } from '../../infra/http/index.js';

const MAX_APPROVALS = 10;
/** A year. */
const MAX_CHANGE_TTL_H = 8760;

export class PutApprovalsDto {
  /**
   * How many approvals a change needs.
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

/** Members that are left out stay as they were; a new environment gets the defaults. */
export class PutEnvironmentDto {
  /** Run nothing but what an approved change has brought here. Default false. */
  @ValidateIf((body: PutEnvironmentDto) => body.protected !== undefined)
  @IsBoolean()
  protected?: boolean;

  /** What a change needs before it is applied. Default: one approval, by anybody who may approve. */
  @ValidateIf((body: PutEnvironmentDto) => body.approvals !== undefined)
  @Nested(() => PutApprovalsDto)
  approvals?: PutApprovalsDto;

  /** What a change has to show besides. Nothing yet: null. */
  @ValidateIf((body: PutEnvironmentDto) => body.evidence !== undefined)
  @IsIn([null], { message: 'must be null' })
  @ApiPropertyOptional({ type: 'object', nullable: true, additionalProperties: true, example: null })
  evidence?: null;

  /** Hours until a change that was opened expires. Default 72. */
  @ValidateIf((body: PutEnvironmentDto) => body.change_ttl_h !== undefined)
  @IsInt()
  @Min(1)
  @Max(MAX_CHANGE_TTL_H)
  @ApiPropertyOptional({ type: 'integer', example: 72 })
  change_ttl_h?: number;
}

export class ApprovalsDto {
  /** How many approvals a change needs. */
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

  /** What a change needs before it is applied. */
  approvals!: ApprovalsDto;

  /** What a change has to show besides; null for nothing. */
  @ApiProperty({ type: 'object', nullable: true, additionalProperties: true, example: null })
  evidence!: object | null;

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
