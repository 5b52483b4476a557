import { ApiExtraModels, ApiProperty, ApiPropertyOptional, getSchemaPath } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsBoolean,
  IsInt,
  IsNumber,
  IsOptional,
  IsPositive,
  IsString,
  Length,
  Matches,
  Max,
  Min,
} from 'class-validator';
import { IsPromptName, Nested, NestedArray } from '../../../infra/http/index.js';
import { MAX_INT } from '../../../kernel/index.js';
import { ModelRefDto, ParamsDto } from '../../executions/index.js';

const USD = /^(?:0|[1-9]\d{0,14})(?:\.\d{1,12})?$/;
const SHA256 = /^[0-9a-f]{64}$/;
const MAX_CANDIDATES = 16;
const MAX_SCORERS = 20;
const MAX_REPETITIONS = 100;
const MAX_CONCURRENCY = 64;

export class DatasetChoiceDto {
  /** Name of the dataset. */
  @IsString()
  @Length(1, 200)
  @ApiProperty({ example: 'tickets' })
  name!: string;

  /** The hash of a version; null or left out for the current content of the dataset. */
  @IsOptional()
  @Matches(SHA256, { message: 'must be the hash of a version, 64 lower-case hexadecimal digits' })
  @ApiPropertyOptional({ pattern: SHA256.source, nullable: true, example: null })
  version?: string | null;
}

@ApiExtraModels(ModelRefDto)
export class CandidateDto {
  /** The name of the candidate in results and comparisons. */
  @IsString()
  @Length(1, 100)
  @ApiProperty({ example: 'a' })
  label!: string;

  /** The prompt that is run. */
  @IsPromptName()
  prompt_name!: string;

  /** The version to run; null or left out for the newest. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MAX_INT)
  @ApiPropertyOptional({ type: 'integer', nullable: true, example: null })
  version_number?: number | null;

  // Pinning finds faults inside, because it has a pointer for each of them within a union.
  @IsOptional()
  @ApiPropertyOptional({
    description:
      'Which model: `{"provider","model_name"}` or `"provider/model_name"`, or a list of up to 16 of these, tried in order. Null or left out: the one of `DEFAULT_MODEL`, which is pinned.',
    nullable: true,
    oneOf: [
      { $ref: getSchemaPath(ModelRefDto) },
      { type: 'string', example: 'echo/echo' },
      {
        type: 'array',
        minItems: 1,
        maxItems: 16,
        items: { oneOf: [{ $ref: getSchemaPath(ModelRefDto) }, { type: 'string' }] },
      },
    ],
    example: { provider: 'echo', model_name: 'echo' },
  })
  model?: unknown;

  /** Params of the generation. */
  @IsOptional()
  @Nested(() => ParamsDto)
  @ApiPropertyOptional({ type: ParamsDto, nullable: true, example: { max_new_tokens: 200 } })
  params?: ParamsDto | null;
}

export class ScorerChoiceDto {
  /** Name of the scorer. */
  @IsString()
  @Length(1, 200)
  @ApiProperty({ example: 'mentions-refund' })
  name!: string;

  /** The version of the scorer; null or left out for the newest. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MAX_INT)
  @ApiPropertyOptional({ type: 'integer', nullable: true, example: null })
  version_number?: number | null;
}

export class CreateExperimentDto {
  /** The display name. */
  @IsString()
  @Length(1, 200)
  @ApiProperty({ example: 'summaries, shorter' })
  name!: string;

  /** The dataset to run on. */
  @Nested(() => DatasetChoiceDto)
  dataset!: DatasetChoiceDto;

  /** The candidates, each with a different label. */
  @NestedArray(() => CandidateDto)
  @ArrayMinSize(1)
  @ArrayMaxSize(MAX_CANDIDATES)
  @ApiProperty({ type: [CandidateDto], minItems: 1, maxItems: MAX_CANDIDATES })
  candidates!: CandidateDto[];

  /** The scorers of the answers, each at most once: checks, code or judges. People score with `POST /v1/scores`. */
  @NestedArray(() => ScorerChoiceDto)
  @ArrayMinSize(1)
  @ArrayMaxSize(MAX_SCORERS)
  @ApiProperty({ type: [ScorerChoiceDto], minItems: 1, maxItems: MAX_SCORERS })
  scorers!: ScorerChoiceDto[];

  /** The number of runs of each candidate on each item. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MAX_REPETITIONS)
  @ApiPropertyOptional({ type: 'integer', default: 1, nullable: true, example: 3 })
  repetitions?: number | null;

  /** The share of its repetitions that must pass for an item to pass; above 0. */
  @IsOptional()
  @IsNumber()
  @IsPositive()
  @Max(1)
  @ApiPropertyOptional({
    default: 0.5,
    minimum: 0,
    maximum: 1,
    nullable: true,
    example: 0.66,
  })
  pass_threshold?: number | null;

  /** The most that all executions may cost in dollars, including judgements and further attempts. Default: no limit. */
  @IsOptional()
  @Matches(USD, { message: 'must be a decimal number of dollars as a string, such as "2.50"' })
  @ApiPropertyOptional({ type: String, pattern: USD.source, nullable: true, example: '2.50' })
  max_cost_usd?: string | null;

  /** The number of cells that run at a time. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MAX_CONCURRENCY)
  @ApiPropertyOptional({ type: 'integer', default: 8, nullable: true, example: 8 })
  concurrency?: number | null;

  /** The environment of the executions. */
  @IsOptional()
  @IsString()
  @Length(1, 100)
  @ApiPropertyOptional({ default: 'experiment', nullable: true, example: 'experiment' })
  environment?: string | null;

  /** Whether a cell may be answered from an earlier execution of an equal request. Its repetitions are then equal. */
  @IsOptional()
  @IsBoolean()
  @ApiPropertyOptional({ default: false, nullable: true, example: false })
  cache?: boolean | null;
}
