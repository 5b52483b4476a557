import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  Allow,
  IsBoolean,
  IsNumber,
  IsOptional,
  IsString,
  Length,
  Matches,
  MaxLength,
} from 'class-validator';
import { SCORE_SOURCES, type ScoreSource } from '../../../entities/index.js';
import { ANY_JSON, ApiId, ApiInteger, ApiTime, PageQueryDto } from '../../../infra/http/index.js';
import { PROMPT_NAME, PROMPT_NAME_RULE } from '../../../kernel/index.js';
import { SCORING_ERROR_TYPES, type ScoringErrorType } from '../verdict.js';

const ANY_UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const UUID_RULE = { message: 'must be a UUID' };
const MAX_EXPLANATION_CHARS = 10_000;

export class PostScoreDto {
  /** The execution that is scored; any of the project. */
  @Matches(ANY_UUID, UUID_RULE)
  @ApiProperty({ format: 'uuid', example: '019ab0c4-9c2f-7d1e-8a55-2f6f3c1b7e10' })
  execution_id!: string;

  /**
   * A scorer of kind `human`; its newest version is what the score is given under.
   * @example "helpful"
   */
  @Matches(PROMPT_NAME, { message: PROMPT_NAME_RULE })
  @ApiProperty({ pattern: PROMPT_NAME.source, example: 'helpful' })
  scorer!: string;

  /** For a scorer with a range: a number in it. */
  @IsOptional()
  @IsNumber()
  @ApiPropertyOptional({ nullable: true, example: null })
  value?: number | null;

  /**
   * For a scorer with labels: one of them.
   * @example "good"
   */
  @IsOptional()
  @IsString()
  @Length(1, 100)
  @ApiPropertyOptional({ type: String, nullable: true })
  label?: string | null;

  /**
   * Why.
   * @example "It answers the question"
   */
  @IsOptional()
  @IsString()
  @MaxLength(MAX_EXPLANATION_CHARS)
  @ApiPropertyOptional({ type: String, nullable: true })
  explanation?: string | null;
}

export class ScoreDto {
  /** Id of the score; null for one that was not kept. */
  @ApiProperty({ format: 'uuid', nullable: true })
  score_id!: string | null;

  /** The execution that was scored. */
  @ApiId()
  execution_id!: string;

  /** Name of the scorer. */
  scorer!: string;

  /** Its version. */
  @ApiInteger()
  scorer_version!: number;

  /** The origin: `human` is an annotation queue, `api` is `POST /v1/scores`, and the rest are computed. */
  @ApiProperty({ enum: SCORE_SOURCES })
  source!: ScoreSource;

  /** A number. Of a label: 1 where it passes, else 0. */
  value!: number;

  /** The label; null where there is only a number. */
  label!: string | null;

  /** Whether the label passes, or the value reaches the scorer's threshold. */
  passed!: boolean;

  /** Why; null when nothing was said. */
  explanation!: string | null;

  /** The execution of the judgement; null unless a judge gave the score. */
  @ApiProperty({ format: 'uuid', nullable: true })
  judge_execution_id!: string | null;

  /** The name of the caller who gave it, or asked for it. */
  created_by!: string;

  /** When. */
  @ApiTime()
  created_at!: string;
}

export class ScoreListDto {
  /** The latest first. */
  scores!: ScoreDto[];

  /** For the next page; null on the last. */
  next_cursor!: string | null;
}

export class ListScoresQueryDto extends PageQueryDto {
  /** Only those of this execution. */
  @IsOptional()
  @Matches(ANY_UUID, UUID_RULE)
  @ApiPropertyOptional({ type: String, format: 'uuid' })
  execution_id?: string;

  /** Only those of the scorer of this name; where there is none any more, of the one that was deleted last. */
  @IsOptional()
  @Matches(PROMPT_NAME, { message: PROMPT_NAME_RULE })
  @ApiPropertyOptional({ type: String, example: 'helpful' })
  scorer?: string;
}

export class ScoreExecutionDto {
  /** The execution whose answer is scored; any of the project. */
  @Matches(ANY_UUID, UUID_RULE)
  @ApiProperty({ format: 'uuid', example: '019ab0c4-9c2f-7d1e-8a55-2f6f3c1b7e10' })
  execution_id!: string;

  /**
   * The expected answer, any JSON. Null is a value; left out, nothing was expected.
   * @example "A refund within 30 days"
   */
  @Allow()
  @ApiPropertyOptional(ANY_JSON)
  expected?: unknown;

  /** Keep the score. One that was kept before, of this version for this execution, stays and is the answer. Default false. */
  @IsOptional()
  @IsBoolean()
  @ApiPropertyOptional({ nullable: true, default: false })
  keep?: boolean | null;
}

export class ScoringErrorDto {
  /** The kind of error. */
  @ApiProperty({ enum: SCORING_ERROR_TYPES })
  type!: ScoringErrorType;

  /** The error in one sentence. */
  message!: string;

  /** The execution of the judgement, which has the judge's answer as it came; null where no judge was asked. */
  @ApiProperty({ format: 'uuid', nullable: true })
  judge_execution_id!: string | null;
}

export class ScoredExecutionDto {
  /** The score; null when the scorer could not tell. */
  @ApiProperty({ type: ScoreDto, nullable: true })
  score!: ScoreDto | null;

  /** Why there is no score; null when there is one. */
  @ApiProperty({ type: ScoringErrorDto, nullable: true })
  error!: ScoringErrorDto | null;
}
