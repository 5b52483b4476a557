import { ApiExtraModels, ApiProperty, ApiPropertyOptional, getSchemaPath } from '@nestjs/swagger';
import {
  Allow,
  IsBoolean,
  IsIn,
  IsInt,
  IsNumber,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  Min,
} from 'class-validator';
import { SCORER_KINDS, type ScorerKind } from '../../entities/index.js';
import { ANY_JSON, ApiId, ApiInteger, ApiTime, Nested, PageQueryDto } from '../../infra/http/index.js';
import { MAX_INT, PROMPT_NAME, PROMPT_NAME_RULE } from '../../kernel/index.js';
import { ParamsDto } from '../executions/index.js';
import { type CheckName, CHECKS } from './scorer-definition.js';

const SHA256 = /^[0-9a-f]{64}$/;

@ApiExtraModels(ParamsDto)
export class PutScorerDto {
  /**
   * The kind of scorer: `check` by a rule, `code` by JavaScript in a sandbox, `judge` by a prompt, `human` by people. A scorer keeps its
   * kind.
   * @example "check"
   */
  @IsIn(SCORER_KINDS)
  @ApiProperty({ enum: SCORER_KINDS })
  kind!: ScorerKind;

  /**
   * The rule of a check.
   * @example "contains"
   */
  @IsOptional()
  @IsIn(CHECKS)
  @ApiPropertyOptional({ enum: CHECKS, nullable: true })
  check?: CheckName | null;

  /**
   * The operand of the check, any JSON. Null or left out: the `expected` of what is scored.
   * @example "refund"
   */
  @Allow()
  @ApiPropertyOptional(ANY_JSON)
  value?: unknown;

  /** The part of the answer that a check reads, as JSON: a JSON pointer such as `/a/0`, or a path such as `a[0].b`. */
  @IsOptional()
  @IsString()
  @Length(1, 1000)
  @ApiPropertyOptional({ type: String, nullable: true, example: null })
  path?: string | null;

  /** Inverts a check: its value becomes 1 minus what it would be. Default false. */
  @IsOptional()
  @IsBoolean()
  @ApiPropertyOptional({ nullable: true, default: false, example: false })
  negate?: boolean | null;

  /** The lowest value that passes, above 0. Default: 0.5. */
  @IsOptional()
  @IsNumber()
  @ApiPropertyOptional({ nullable: true, example: null })
  threshold?: number | null;

  /**
   * The source of code: a function of `{variables, expected, response_text, tool_calls, telemetry}` that returns `{value, label?,
   * explanation?}`.
   */
  @IsOptional()
  @IsString()
  @Length(1, 50_000)
  @ApiPropertyOptional({ type: String, nullable: true, example: null })
  source?: string | null;

  /** The prompt of a judge, which is rendered with `variables`, `expected` and `response_text`. */
  @IsOptional()
  @Matches(PROMPT_NAME, { message: PROMPT_NAME_RULE })
  @ApiPropertyOptional({ type: String, nullable: true, example: null })
  prompt_name?: string | null;

  /** Version of the prompt. Null or left out: the currently active one, which is then pinned. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MAX_INT)
  @ApiPropertyOptional({ type: 'integer', nullable: true, example: null })
  version_number?: number | null;

  /** The checksum of that version, as a safeguard. Filled in if omitted. */
  @IsOptional()
  @Matches(SHA256, { message: 'must be 64 lower-case hex digits' })
  @ApiPropertyOptional({ type: String, nullable: true, example: null })
  prompt_checksum_hash?: string | null;

  // `readModelChoice` reports faults inside, as for executions.
  @IsOptional()
  @ApiPropertyOptional({
    description:
      'The model that judges: `{"provider","model_name"}` or `"provider/model_name"`. Null or left out: the one of `DEFAULT_MODEL`, which is kept.',
    nullable: true,
    oneOf: [{ $ref: getSchemaPath('ModelRefDto') }, { type: 'string' }],
    example: null,
  })
  model?: unknown;

  /** Params of the judge's generation. */
  @IsOptional()
  @Nested(() => ParamsDto)
  @ApiPropertyOptional({ type: ParamsDto, nullable: true, example: null })
  params?: ParamsDto | null;

  /** The labels that a judge or a person may give, and whether each passes. */
  @IsOptional()
  @IsObject()
  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: { type: 'boolean' },
    nullable: true,
    example: null,
  })
  labels?: Record<string, boolean> | null;

  /** The lowest value that a judge or a person may give. A judge's default range is 0 to 1. */
  @IsOptional()
  @IsNumber()
  @ApiPropertyOptional({ nullable: true, example: null })
  min?: number | null;

  /** The highest value that a judge or a person may give. */
  @IsOptional()
  @IsNumber()
  @ApiPropertyOptional({ nullable: true, example: null })
  max?: number | null;
}

export class ScorerRefDto {
  /** Id of the scorer. */
  @ApiId()
  scorer_id!: string;

  /** Name of the scorer, unique in the project. */
  name!: string;

  /** The kind of scorer. */
  @ApiProperty({ enum: SCORER_KINDS })
  kind!: ScorerKind;
}

export class ScorerVersionRefDto {
  /** 1, 2, 3 … within the scorer. */
  @ApiInteger()
  version_number!: number;

  /**
   * Lower-case hex SHA-256 over kind and definition.
   * @example "b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c"
   */
  checksum_hash!: string;
}

export class PutScorerResultDto {
  /** The scorer. */
  scorer!: ScorerRefDto;

  /** The version with the definition that was sent. */
  version!: ScorerVersionRefDto;

  /** True when the definition was new to the scorer and became a new version. The newest version is the one with the highest number. */
  version_change!: boolean;

  /** Hints at settings that are allowed but probably not intended, such as a range in which every value passes. */
  warnings!: string[];
}

export class ScorerVersionDto extends ScorerVersionRefDto {
  /** The definition, in the members of `PUT`, with the numbers in `value` as sent. */
  @ApiProperty({ type: 'object', additionalProperties: true })
  definition!: unknown;

  /** Name of the caller who put the version. */
  created_by!: string;

  /** When the version was put. */
  @ApiTime()
  created_at!: string;
}

export class ScorerDto extends ScorerRefDto {
  /** The newest version of the scorer, which is used unless another is named. */
  latest_version!: ScorerVersionDto;

  /** When the scorer was created. */
  @ApiTime()
  created_at!: string;

  /** When the scorer got its newest version. */
  @ApiTime()
  updated_at!: string;
}

export class ScorerListDto {
  /** Scorers by name. */
  scorers!: ScorerDto[];

  /** The `cursor` of the next page; null on the last one. */
  next_cursor!: string | null;
}

export class ListScorersQueryDto extends PageQueryDto {
  /** Only scorers of this kind. */
  @IsOptional()
  @IsIn(SCORER_KINDS)
  @ApiPropertyOptional({ enum: SCORER_KINDS })
  kind?: ScorerKind;
}
